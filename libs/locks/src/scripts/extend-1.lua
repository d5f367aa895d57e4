-- Gives a lock a new TTL, if it is still ours.
--
-- Input:
--   KEYS[1]  the lock
--   ARGV[1]  the owner's token
--   ARGV[2]  TTL in milliseconds
-- Output:
--   1 extended, 0 it had expired or is another's
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
