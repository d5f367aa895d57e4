-- A function for how long a session lives.

-- Milliseconds that a session has left after a use: its own TTL, or the default of one that has none, from now on. A use
-- never shortens it. The bounds of a session's own TTL, in seconds, are those of session.ts.
local function lifeMs(metadata, default)
  local own = tonumber(redis.call('HGET', metadata, 'ttl_seconds') or nil)
  local ttl = own and own >= 60 and own <= 2592000 and math.floor(own * 1000) or tonumber(default)
  return math.max(redis.call('PTTL', metadata), ttl)
end
