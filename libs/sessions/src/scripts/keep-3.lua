-- Extends the TTL of a completed transcript while consumers have not handled its event.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
--   ARGV[1]  minimum TTL in milliseconds
-- Output:
--   1 if the text exists, otherwise 0
local ttlMs = redis.call('PTTL', KEYS[1])
if ttlMs >= 0 and ttlMs < tonumber(ARGV[1]) then
  if redis.call('HEXISTS', KEYS[1], 'ttl_after_archive') == 0 then
    redis.call('HSET', KEYS[1], 'ttl_after_archive', math.max(1, ttlMs))
  end
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[1])
end
local keptMs = redis.call('PTTL', KEYS[3])
if keptMs >= 0 and keptMs < tonumber(ARGV[1]) then
  redis.call('PEXPIRE', KEYS[3], ARGV[1])
end
return redis.call('EXISTS', KEYS[2]) + redis.call('EXISTS', KEYS[3]) > 0 and 1 or 0
