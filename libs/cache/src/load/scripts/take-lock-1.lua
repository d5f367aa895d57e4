-- Acquires a free lock, or extends a lock that the token holds.
--
-- Input:
--   KEYS[1]  the lock
--   ARGV[1]  the owner's token
--   ARGV[2]  TTL in milliseconds
-- Output:
--   1 if the token holds the lock, 0 if another token does
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
