-- Adds a chunk of ids to the staging area, in ranked order.
--
-- Input:
--   KEYS[1]  next, a set
--   KEYS[2]  next's ranking
--   KEYS[3]  next's meta, a hash
--   ARGV[1]  fencing token
--   ARGV[2]  comma-separated ids
--   ARGV[3…] the ids, at most 5,000
-- Output:
--   1 if added, 0 if another writer owns the area
if redis.call('HGET', KEYS[3], 'fence') ~= ARGV[1] then
  return 0
end
redis.call('SADD', KEYS[1], unpack(ARGV, 3))
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('APPEND', KEYS[2], ',')
end
redis.call('APPEND', KEYS[2], ARGV[2])
-- The staging area of a crashed writer expires. The swap removes the TTL.
redis.call('PEXPIRE', KEYS[1], 120000)
redis.call('PEXPIRE', KEYS[2], 120000)
redis.call('PEXPIRE', KEYS[3], 120000)
return 1
