-- Exchanges current and previous, all at once. Each keeps the time at which it was made.
--
-- Input:
--   KEYS[1…3]  current: set, ranking, meta
--   KEYS[4…6]  previous: set, ranking, meta
--   KEYS[7…9]  a place to put things down: set, ranking, meta
-- Output:
--   1 exchanged, 0 there is no previous one
if redis.call('EXISTS', KEYS[4]) == 0 then
  return 0
end
local function move(from, to)
  redis.call('UNLINK', to)
  if redis.call('EXISTS', from) == 1 then
    redis.call('RENAME', from, to)
  end
end
for part = 0, 2 do
  move(KEYS[1 + part], KEYS[7 + part])
  move(KEYS[4 + part], KEYS[1 + part])
  move(KEYS[7 + part], KEYS[4 + part])
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[3], 'generation', string.format('%d-%06d', time[1], time[2]))
return 1
