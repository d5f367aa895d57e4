-- Pauses the requests of all processes, as the upstream requested. Never shortens a pause.
--
-- Input:
--   KEYS[1]  the pace
--   ARGV[1]  length of the pause in milliseconds
-- Output:
--   remaining milliseconds
local left = redis.call('PTTL', KEYS[1])
if redis.call('GET', KEYS[1]) == 'hold' and left >= tonumber(ARGV[1]) then
  return left
end
redis.call('SET', KEYS[1], 'hold', 'PX', ARGV[1])
return tonumber(ARGV[1])
