-- Extends a lock if the caller still holds it.
--
-- Input:
--   KEYS[1]  lock
--   ARGV[1]  the caller's token
--   ARGV[2]  TTL in milliseconds
-- Output:
--   1 if it was extended; 0 if it has expired or another caller holds it
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
