-- Adds to a counter whose life begins with its first increment.
--
-- Input:
--   KEYS[1]  the counter
--   ARGV[1]  what to add, a whole number
--   ARGV[2]  TTL in milliseconds, for a counter that has none
-- Output:
--   the sum
local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) == -1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return sum
