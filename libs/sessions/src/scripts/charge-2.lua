-- Sets the bytes of sessions in the ledger. For a cluster, where the sessions are in other slots.
--
-- Input:
--   KEYS[1]  the tenant's ledger, a hash
--   KEYS[2]  the tenants' totals, a hash
--   ARGV[1]  the tenant's field of the totals
--   ARGV[2…] session ids and bytes in turn
-- Output:
--   the bytes that the tenant holds

--- @include "memory"

local account = accounts()
for index = 2, #ARGV, 2 do
  account.set(KEYS[1], KEYS[2], ARGV[1], ARGV[index], tonumber(ARGV[index + 1]))
end
return tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or 0)
