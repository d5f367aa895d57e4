-- Tells that a process lives, how many do, and the policies where they have changed.
--
-- Input:
--   KEYS[1]  processes, a sorted set by when they were last heard of (ms)
--   KEYS[2]  the policies, a hash {since, version, json}
--   ARGV[1]  this process
--   ARGV[2]  ms after which a silent process counts as gone
--   ARGV[3]  the version that is known here
--   ARGV[4]  ms that the policies are kept for from now on
-- Output:
--   {processes, since when the server remembers (ms), ms since then, version or false, json where the version is another}
local t = redis.call('TIME')
local now = math.floor(t[1] * 1000 + t[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('HSETNX', KEYS[2], 'since', now)
redis.call('PEXPIRE', KEYS[2], ARGV[4])
local since = redis.call('HGET', KEYS[2], 'since')
local version = redis.call('HGET', KEYS[2], 'version')
local reply = {redis.call('ZCARD', KEYS[1]), since, now - since, version}
if version and version ~= ARGV[3] then reply[5] = redis.call('HGET', KEYS[2], 'json') end
return reply
