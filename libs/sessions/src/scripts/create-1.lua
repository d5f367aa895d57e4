-- Makes a session's metadata, unless the id is taken, and accounts for the memory.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  the tenant's ledger, a hash; absent in a cluster, as are all that follow
--   KEYS[3]  the tenants' totals, a hash
--   ARGV[1]  TTL in milliseconds
--   ARGV[2]  session id
--   ARGV[3]  the tenant's field of the totals
--   ARGV[4]  most bytes of the tenant
--   ARGV[5]  most bytes of all tenants, 0 for any
--   ARGV[6…] field and value by turns
-- Output:
--   {'made'}, {'taken'}, {'tenant-full' or 'server-full', bytes held}

--- @include "memory"

if redis.call('EXISTS', KEYS[1]) == 1 then
  return {'taken'}
end
local bytes = sessionOverhead
for index = 6, #ARGV do
  bytes = bytes + #ARGV[index]
end
if KEYS[2] then
  local isLarge = bytes > smallSession
  local full = accounts().findFull(KEYS[3], ARGV[3], bytes, isLarge, tonumber(ARGV[4]), tonumber(ARGV[5]))
  if full then
    return full
  end
end
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
if KEYS[2] then
  accounts().recharge(KEYS[2], KEYS[3], ARGV[3], ARGV[2], bytes)
end
return {'made'}
