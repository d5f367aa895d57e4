-- Extends a lease, or creates it again if Redis has lost it.
--
-- Input:
--   KEYS[1]  sorted set of leases
--   ARGV[1]  the lease's id
--   ARGV[2]  its lifetime from now, in ms
-- Output:
--   1
local t = redis.call('TIME')
redis.call('ZADD', KEYS[1], t[1] * 1000 + t[2] / 1000 + ARGV[2], ARGV[1])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
