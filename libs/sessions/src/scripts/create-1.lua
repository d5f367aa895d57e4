-- Creates a session's metadata, unless the id is taken. For a cluster, where the ledger is in another slot.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   ARGV[1]  TTL in milliseconds
--   ARGV[2…] field and value in turn
-- Output:
--   {'created'} or {'taken'}
if redis.call('EXISTS', KEYS[1]) == 1 then
  return {'taken'}
end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return {'created'}
