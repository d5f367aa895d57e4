-- Records a heartbeat; returns the number of processes, and the policies if they have changed.
--
-- Input:
--   KEYS[1]  processes, a sorted set by their last heartbeat (ms)
--   KEYS[2]  the policies, a hash {since, version, json}
--   ARGV[1]  this process
--   ARGV[2]  ms without a heartbeat after which a process is removed
--   ARGV[3]  the known version
--   ARGV[4]  TTL of the policies, in ms
-- Output:
--   {processes, when Redis first stored policies (ms), ms since then, version or false, json if the version is another}
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
