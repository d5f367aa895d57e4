-- Swaps the current and the previous generation atomically. Each keeps its timestamp.
--
-- Input:
--   KEYS[1…3]  current: set, ranking, meta
--   KEYS[4…6]  previous: set, ranking, meta
--   KEYS[7…9]  temporary keys: set, ranking, meta
-- Output:
--   1 if swapped, 0 if there is no previous generation
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
