-- Stops keeping a completed transcript for consumers. KEYS[1…3] are those of "completion". The session's TTL becomes what it
-- would have been otherwise. Returns whether the session exists.
local function releaseTranscript()
  redis.call('UNLINK', KEYS[3])
  if redis.call('EXISTS', KEYS[1]) == 0 then
    return false
  end
  local ttlMs = tonumber(redis.call('HGET', KEYS[1], 'ttl_after_archive') or 0)
  redis.call('HDEL', KEYS[1], 'archive', 'ttl_after_archive')
  if ttlMs > 0 and ttlMs < redis.call('PTTL', KEYS[1]) then
    redis.call('PEXPIRE', KEYS[1], ttlMs)
    redis.call('PEXPIRE', KEYS[2], ttlMs)
  end
  return true
end
