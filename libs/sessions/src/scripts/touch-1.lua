-- Moves a session to the front of an index, and removes sessions that must have expired by their age.
--
-- Input:
--   KEYS[1]  the index, a sorted set by last use
--   ARGV[1]  session id
--   ARGV[2]  now, in milliseconds
--   ARGV[3]  maximum TTL of any session, in milliseconds
--   ARGV[4]  TTL of this session, in milliseconds; the index lives at least as long
-- Output:
--   1 if the session was added to the index, 0 if it was already there
local added = redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%d', ARGV[2] - ARGV[3]))
redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[4])))
return added
