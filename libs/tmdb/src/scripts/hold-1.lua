-- Holds every process's requests back, as the upstream asked. A longer pause that is under way stays as it is.
--
-- Input:
--   KEYS[1]  the pace
--   ARGV[1]  milliseconds to hold
-- Output:
--   milliseconds that are left
local left = redis.call('PTTL', KEYS[1])
if redis.call('GET', KEYS[1]) == 'hold' and left >= tonumber(ARGV[1]) then
  return left
end
redis.call('SET', KEYS[1], 'hold', 'PX', ARGV[1])
return tonumber(ARGV[1])
