-- Deletes the session of the tenant ARGV[1]. KEYS[4] are the ids of its events, KEYS[1…3] those of "completion". A completed
-- transcript that consumers still need is kept for them. Returns the bytes that are kept, or nil if the tenant has no such
-- session.
--   isRegistered  whether the registry of unhandled completions has the session
local function deleteSession(isRegistered)
  local session = redis.call('HMGET', KEYS[1], 'tenant_id', 'archive', 'transcript_chunks', 'transcript_bytes')
  if ownerOf(KEYS[1], session[1]) ~= ARGV[1] then
    return nil
  end
  local kept = 0
  if isNeeded(session[2], isRegistered) then
    handOver(ARGV[2])
    if redis.call('EXISTS', KEYS[3]) == 1 then
      kept = transcriptBytes(tonumber(session[3] or 0), tonumber(session[4] or 0))
    end
  else
    redis.call('UNLINK', KEYS[2], KEYS[3])
  end
  redis.call('UNLINK', KEYS[1], KEYS[4])
  return kept
end
