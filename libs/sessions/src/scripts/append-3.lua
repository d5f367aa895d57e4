-- Appends chunks to the transcript of a tenant's session, all or none, once per idempotency key, and extends the session.
-- For a cluster, where the event stream and the ledger are in other slots.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the idempotency key's record; without an idempotency key, any key of the session
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds of a session that has none of its own
--   ARGV[3]  the request's fingerprint; '' without an idempotency key
--   ARGV[4]  the record's TTL in milliseconds
--   ARGV[5]  maximum number of chunks of a transcript
--   ARGV[6]  maximum size of a transcript in bytes
--   ARGV[7…] the chunks, at most 1,000
-- Output:
--   {'appended' or 'replayed', total number of chunks}, {'missing'}, {'completed'}, {'conflict'},
--   {'too-many', chunks of the transcript}, {'too-large', bytes of the transcript}

--- @include "owner"
--- @include "lifetime"
--- @include "append"

local reply, append = planAppend(7)
if reply then
  return reply
end
applyAppend(append)
return {'appended', append.totalChunks}
