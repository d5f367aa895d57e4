-- Creates a session's metadata, unless the id is taken, and accounts for the memory.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  the tenant's ledger, a hash
--   KEYS[3]  the tenants' totals, a hash
--   ARGV[1]  TTL in milliseconds
--   ARGV[2]  session id
--   ARGV[3]  the tenant's field of the totals
--   ARGV[4]  maximum bytes of the tenant
--   ARGV[5]  maximum bytes of all tenants, 0 for no limit
--   ARGV[6…] field and value in turn
-- Output:
--   {'created'}, {'taken'}, {'tenant-full' or 'server-full', bytes held}

--- @include "memory"

if redis.call('EXISTS', KEYS[1]) == 1 then
  return {'taken'}
end
local bytes = sessionOverhead
for index = 6, #ARGV do
  bytes = bytes + #ARGV[index]
end
local account = accounts()
local full = account.findFull(KEYS[3], ARGV[3], bytes, bytes > smallSession, ARGV[4], ARGV[5])
if full then
  return full
end
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
account.set(KEYS[2], KEYS[3], ARGV[3], ARGV[2], bytes)
return {'created'}
