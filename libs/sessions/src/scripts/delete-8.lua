-- Deletes a tenant's session, publishes the event and accounts for the memory. A completed transcript that consumers still
-- need is kept for them. The script frees memory before it allocates any, so that a full server runs it.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
--   KEYS[4]  ids of the session's events, a list
--   KEYS[5]  event stream
--   KEYS[6]  the registry of unhandled completions, a hash
--   KEYS[7]  the tenant's ledger, a hash
--   KEYS[8]  the tenants' totals, a hash
--   ARGV[1]  tenant
--   ARGV[2]  milliseconds for which a transcript is kept for consumers
--   ARGV[3]  session id
--   ARGV[4]  timestamp, ISO 8601
--   ARGV[5]  maximum bytes of the stream, 0 to leave it unchecked
--   ARGV[6]  the tenant's field of the totals
-- Output:
--   {1 if the event was published, otherwise 0; dropped events that some group had not acknowledged}, or false if the tenant
--   has no such session

--- @include "publish"
--- @include "memory"
--- @include "owner"
--- @include "completion"
--- @include "delete"

local kept = deleteSession(redis.call('HEXISTS', KEYS[6], ARGV[3]) == 1)
if not kept then
  return false
end
accounts().set(KEYS[7], KEYS[8], ARGV[6], ARGV[3], kept)
-- The session is gone whether or not the stream accepts the event.
local isPublished, _, unread = pcall(publishEvent, KEYS[5], KEYS[6], tonumber(ARGV[5]), {
  type = 'session_deleted',
  sessionId = ARGV[3],
  tenant = ARGV[1],
  transcript = '',
  timestamp = ARGV[4],
})
return {isPublished and 1 or 0, isPublished and unread or 0}
