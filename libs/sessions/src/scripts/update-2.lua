-- Changes fields of a tenant's session, all or none, and extends the session. With an expected state, changes nothing if
-- another request has changed the state since it was read. For a cluster, where the ledger is in another slot.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds of a session that has none of its own
--   ARGV[3]  maximum number of fields
--   ARGV[4]  'any', 'none' or the SHA-1 of the expected state
--   ARGV[5]  number of fields to set: followed by field and value in turn, and then the fields to remove
-- Output:
--   {'ok', TTL in milliseconds, field, value, …}, {'missing'}, {'too-many', number of fields that there would be},
--   {'changed', the state} (without the state if there is none)

--- @include "owner"
--- @include "lifetime"
--- @include "update"

local reply = planUpdate(5)
return reply or applyUpdate(5)
