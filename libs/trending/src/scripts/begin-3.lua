-- Starts a staging area, unless a later holder of the lock has already started one.
--
-- Input:
--   KEYS[1]  next, a set
--   KEYS[2]  next's ranking
--   KEYS[3]  next's meta, a hash
--   ARGV[1]  fencing token
-- Output:
--   1 if started, 0 if rejected
if tonumber(redis.call('HGET', KEYS[3], 'fence') or 0) > tonumber(ARGV[1]) then
  return 0
end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
redis.call('HSET', KEYS[3], 'fence', ARGV[1])
-- The staging area of a crashed writer expires. The swap removes the TTL.
redis.call('PEXPIRE', KEYS[3], 120000)
return 1
