-- Removes a deleted vector from the account of its tenant.
--
-- Input:
--   KEYS[1]  the tenant's vectors by expiration time in ms, a sorted set
--   KEYS[2]  the bytes of each vector, a hash; '#total' is the sum
--   ARGV[1]  id
-- Output:
--   bytes that were charged for the vector
local bytes = redis.call('HGET', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
if not bytes then
  return 0
end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HINCRBY', KEYS[2], '#total', -bytes)
return tonumber(bytes)
