-- Deletes a tenant's session. For a cluster, where the event stream and the ledger are in other slots. A completed transcript
-- that consumers still need is kept for them.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
--   KEYS[4]  ids of the session's events, a list
--   ARGV[1]  tenant
--   ARGV[2]  milliseconds for which a transcript is kept for consumers
--   ARGV[3]  '1' if the registry of unhandled completions has the session
-- Output:
--   1 if deleted, 0 if the tenant has no such session

--- @include "memory"
--- @include "owner"
--- @include "completion"
--- @include "delete"

return deleteSession(ARGV[3] == '1') and 1 or 0
