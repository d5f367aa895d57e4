-- Puts a session first in its tenant's index, and sweeps out what must be dead by its age.
--
-- Input:
--   KEYS[1]  the index, a sorted set by last activity
--   ARGV[1]  session id
--   ARGV[2]  now, in milliseconds
--   ARGV[3]  the longest life of a session, in milliseconds
-- Output:
--   1 it is new in the index, 0 it was there
local added = redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%d', ARGV[2] - ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return added
