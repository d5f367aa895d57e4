-- Appends chunks to the transcript of a tenant's session, once per idempotency key, extends the session, publishes the event
-- and accounts for the memory: all or nothing.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the idempotency key's record; without an idempotency key, any key of the session
--   KEYS[4]  ids of the session's events, a list
--   KEYS[5]  event stream
--   KEYS[6]  the registry of unhandled completions, a hash
--   KEYS[7]  the tenant's ledger, a hash
--   KEYS[8]  the tenants' totals, a hash
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds of a session that has none of its own
--   ARGV[3]  the request's fingerprint; '' without an idempotency key
--   ARGV[4]  the record's TTL in milliseconds
--   ARGV[5]  maximum number of chunks of a transcript
--   ARGV[6]  maximum size of a transcript in bytes
--   ARGV[7]  session id
--   ARGV[8]  timestamp, ISO 8601
--   ARGV[9]  excerpt of the chunks' text, if the event has no room for all of it; otherwise ''
--   ARGV[10] maximum bytes of the stream (0 to leave it unchecked), of the tenant, and of all tenants (0 for no limit), and
--            the tenant's field of the totals, separated by spaces
--   ARGV[11…] the chunks, at most 1,000
-- Output:
--   {'appended' or 'replayed', total number of chunks, dropped events that some group had not acknowledged}, {'missing'},
--   {'completed'}, {'conflict'}, {'too-many', chunks of the transcript}, {'too-large', bytes of the transcript},
--   {'tenant-full' or 'server-full', bytes held}

--- @include "publish"
--- @include "session-events"
--- @include "memory"
--- @include "owner"
--- @include "lifetime"
--- @include "append"

local reply, append = planAppend(11)
if reply then
  return reply
end
local maxStreamBytes, maxTenantBytes, maxTotalBytes, tenant = string.match(ARGV[10], '^(%d+) (%d+) (%d+) (.+)$')
local held = transcriptBytes(append.totalChunks, append.totalBytes)
  - transcriptBytes(append.recordedChunks, append.recordedBytes)
if held > 0 then
  local isLarge = append.totalBytes > smallSession
  local full = accounts().findFull(KEYS[8], tenant, held, isLarge, maxTenantBytes, maxTotalBytes)
  if full then
    return full
  end
end
local event = {type = 'transcript_appended', sessionId = ARGV[7], tenant = ARGV[1], timestamp = ARGV[8]}
if ARGV[9] == '' then
  event.transcript = table.concat(ARGV, ' ', append.first)
else
  event.transcript = ARGV[9]
  event.bytes = append.addedBytes + append.totalChunks - append.count - 1
  event.firstChunk, event.lastChunk = append.count, append.totalChunks - 1
end
-- Publishing comes first: if it fails, nothing has changed.
local id, unread = publishEvent(KEYS[5], KEYS[6], tonumber(maxStreamBytes), event)
addSessionEvent(KEYS[4], id, append.count == 0, append.ttlMs)
applyAppend(append)
if held ~= 0 then
  accounts().add(KEYS[7], KEYS[8], tenant, ARGV[7], held)
end
return {'appended', append.totalChunks, unread}
