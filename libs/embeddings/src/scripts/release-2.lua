-- Charges a deleted vector to its tenant no more.
--
-- Input:
--   KEYS[1]  the tenant's vectors by time of expiry in ms, a sorted set
--   KEYS[2]  the bytes of each, a hash; '#total' is their sum
--   ARGV[1]  id
-- Output:
--   bytes that were charged for it
local bytes = redis.call('HGET', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
if not bytes then
  return 0
end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HINCRBY', KEYS[2], '#total', -bytes)
return tonumber(bytes)
