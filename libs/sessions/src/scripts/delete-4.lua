-- Deletes a tenant's session and publishes the event, where the stream is among the keys. It frees memory before it takes
-- any, so a server that is full lets it pass. A completed transcript that consumers still need is kept for them.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  ids of the session's events, a list
--   KEYS[4]  the transcript kept for consumers, a list
--   KEYS[5]  event stream; absent in a cluster, as are all that follow
--   KEYS[6]  completions whose events are not handled yet, a hash
--   KEYS[7]  the tenant's ledger, a hash
--   KEYS[8]  the tenants' totals, a hash
--   ARGV[1]  tenant
--   ARGV[2]  session id
--   ARGV[3]  time, ISO 8601
--   ARGV[4]  bytes that the stream may take, 0 to leave that unchecked
--   ARGV[5]  the tenant's field of the totals
--   ARGV[6]  milliseconds that a transcript without its session is kept for consumers
--   ARGV[7]  in a cluster: '1' when the completion is known to be unhandled
-- Output:
--   {events dropped unread, 1 when the event was published}, or false when the tenant has no such session

--- @include "publish"
--- @include "memory"
--- @include "completion"

local session = redis.call('HMGET', KEYS[1], 'tenant_id', 'archive', 'transcript_chunks', 'transcript_bytes')
if (session[1] or 'default') ~= ARGV[1] or (not session[1] and redis.call('EXISTS', KEYS[1]) == 0) then
  return false
end
local kept = 0
if isUnarchived(session[2], KEYS[6], ARGV[2], ARGV[7] == '1') then
  handOff(KEYS[2], KEYS[4], ARGV[6])
  if redis.call('EXISTS', KEYS[4]) == 1 then
    kept = transcriptBytes(tonumber(session[3] or 0), tonumber(session[4] or 0))
  end
else
  redis.call('UNLINK', KEYS[2], KEYS[4])
end
redis.call('UNLINK', KEYS[1], KEYS[3])
if KEYS[7] then
  accounts().recharge(KEYS[7], KEYS[8], ARGV[5], ARGV[2], kept)
end
if not KEYS[5] then
  return {0, 0}
end
-- The session is gone whether or not the stream takes the event.
local isPublished, _, unread = pcall(publish, KEYS[5], KEYS[6], tonumber(ARGV[4]), 'event_type', 'session_deleted',
  'session_id', ARGV[2], 'tenant_id', ARGV[1], 'transcript', '', 'timestamp', ARGV[3])
return {isPublished and unread or 0, isPublished and 1 or 0}
