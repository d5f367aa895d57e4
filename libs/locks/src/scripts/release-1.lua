-- Gives a lock back, if it is still ours.
--
-- Input:
--   KEYS[1]  the lock
--   ARGV[1]  the owner's token
-- Output:
--   1 released, 0 it had expired or is another's
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
