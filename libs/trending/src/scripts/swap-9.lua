-- Atomically makes the staging area current and the current generation previous.
--
-- Input:
--   KEYS[1…3]  next: set, ranking, meta
--   KEYS[4…6]  current: set, ranking, meta
--   KEYS[7…9]  previous: set, ranking, meta
--   ARGV[1]    fencing token
--   ARGV[2]    expected number of staged ids
--   ARGV[3]    source
--   ARGV[4]    minimum number of staged ids, as a share of the current number
--   ARGV[5]    '1' to restore a lost generation: only if there is no current set
--   ARGV[6]    timestamp of the set in milliseconds; '' for the current time
-- Output:
--   {'swapped', generation, time in ms}, {'superseded', 0}, {'incomplete', number of staged ids},
--   {'shrunken', current number} or {'present', current number}
if redis.call('HGET', KEYS[3], 'fence') ~= ARGV[1] then
  return {'superseded', 0}
end
local staged = redis.call('SCARD', KEYS[1])
if staged ~= tonumber(ARGV[2]) then
  return {'incomplete', staged}
end
local current = redis.call('SCARD', KEYS[4])
-- A set that was published empty consists of its meta alone.
if ARGV[5] == '1' and (current > 0 or redis.call('HGET', KEYS[6], 'count') == '0') then
  return {'present', current}
end
if staged < current * tonumber(ARGV[4]) then
  return {'shrunken', current}
end
if current > 0 then
  for part = 0, 2 do
    redis.call('UNLINK', KEYS[7 + part])
    -- Another program may have written only the set.
    if redis.call('EXISTS', KEYS[4 + part]) == 1 then
      redis.call('RENAME', KEYS[4 + part], KEYS[7 + part])
    end
  end
end
for part = 0, 2 do
  redis.call('UNLINK', KEYS[4 + part])
  -- Redis has no empty sets: one that was published empty consists of its meta alone.
  if redis.call('EXISTS', KEYS[1 + part]) == 1 then
    redis.call('RENAME', KEYS[1 + part], KEYS[4 + part])
    redis.call('PERSIST', KEYS[4 + part])
  end
end
local time = redis.call('TIME')
local generation = string.format('%d-%06d', time[1], time[2])
local milliseconds = ARGV[6]
if milliseconds == '' then
  milliseconds = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
end
redis.call('HSET', KEYS[6], 'generation', generation, 'count', staged, 'source', ARGV[3], 'updated_at_ms', milliseconds)
return {'swapped', generation, milliseconds}
