-- Functions for the lifetime of a session.

-- Returns the TTL in milliseconds that a session has after it is used: its own TTL, or `default` if it has none. Using a
-- session never shortens its life. The limits of a session's own TTL, in seconds, are those of session.ts.
local function ttlAfterUse(metadata, default)
  local own = tonumber(redis.call('HGET', metadata, 'ttl_seconds') or nil)
  local ttlMs = own and own >= 60 and own <= 2592000 and math.floor(own * 1000) or tonumber(default)
  return math.max(redis.call('PTTL', metadata), ttlMs)
end

-- Sets the TTL of a session and of its transcript.
local function extendTo(metadata, transcript, ttlMs)
  redis.call('PEXPIRE', metadata, ttlMs)
  redis.call('PEXPIRE', transcript, ttlMs)
end
