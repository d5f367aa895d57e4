-- Changes fields of a tenant's session, all or none, accounts for the memory, and extends the session. With an expected
-- state, changes nothing if another request has changed the state since it was read.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the tenant's ledger, a hash
--   KEYS[4]  the tenants' totals, a hash
--   ARGV[1…4] as those of `update-2.lua`
--   ARGV[5]  session id
--   ARGV[6]  the tenant's field of the totals
--   ARGV[7]  maximum bytes of the tenant
--   ARGV[8]  maximum bytes of all tenants, 0 for no limit
--   ARGV[9]  number of fields to set: followed by field and value in turn, and then the fields to remove
-- Output:
--   as that of `update-2.lua`, or {'tenant-full' or 'server-full', bytes held}

--- @include "memory"
--- @include "owner"
--- @include "lifetime"
--- @include "update"

local reply, added = planUpdate(9)
if reply then
  return reply
end
if added > 0 then
  local full = accounts().findFull(KEYS[4], ARGV[6], added, added > smallSession, ARGV[7], ARGV[8])
  if full then
    return full
  end
end
reply = applyUpdate(9)
if added ~= 0 then
  accounts().add(KEYS[3], KEYS[4], ARGV[6], ARGV[5], added)
end
return reply
