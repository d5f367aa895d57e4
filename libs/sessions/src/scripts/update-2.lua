-- Changes fields of a tenant's session, all or none, accounts for the memory, and extends the session. With an expected
-- state, changes nothing if another request has changed the state since it was read.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the tenant's ledger, a hash; absent in a cluster, as are all that follow
--   KEYS[4]  the tenants' totals, a hash
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds of a session that has none of its own
--   ARGV[3]  most fields that a session may have
--   ARGV[4]  session id
--   ARGV[5]  the tenant's field of the totals
--   ARGV[6]  most bytes of the tenant
--   ARGV[7]  most bytes of all tenants, 0 for any
--   ARGV[8]  'any', 'none' or the SHA-1 of the state that is expected
--   ARGV[9]  how many fields to set: then field and value by turns, and then the fields to remove
-- Output:
--   {'ok', ms that it has left, field, value, …}, {'missing'}, {'too-many', fields that there would be},
--   {'tenant-full' or 'server-full', bytes held}, {'changed', the state} (without the state if there is none)

--- @include "memory"
--- @include "life"

local owner = redis.call('HGET', KEYS[1], 'tenant_id')
if (owner or 'default') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then
  return {'missing'}
end
if ARGV[8] ~= 'any' then
  local state = redis.call('HGET', KEYS[1], 'state')
  if (state and redis.sha1hex(state) or 'none') ~= ARGV[8] then
    return {'changed', state or nil}
  end
end
local set, at = tonumber(ARGV[9]), 10
local fields, added = redis.call('HLEN', KEYS[1]), 0
for index = 1, set do
  local field, value = ARGV[at + 2 * (index - 1)], ARGV[at + 2 * (index - 1) + 1]
  added = added + #value - redis.call('HSTRLEN', KEYS[1], field)
  if redis.call('HEXISTS', KEYS[1], field) == 0 then
    fields = fields + 1
    added = added + #field
  end
end
for index = at + 2 * set, #ARGV do
  if redis.call('HEXISTS', KEYS[1], ARGV[index]) == 1 then
    fields = fields - 1
    added = added - #ARGV[index] - redis.call('HSTRLEN', KEYS[1], ARGV[index])
  end
end
if fields > tonumber(ARGV[3]) then
  return {'too-many', fields}
end
if KEYS[3] and added > 0 then
  local full = accounts().findFull(KEYS[4], ARGV[5], added, added > smallSession, tonumber(ARGV[6]), tonumber(ARGV[7]))
  if full then
    return full
  end
end
for index = 1, set do
  redis.call('HSET', KEYS[1], ARGV[at + 2 * (index - 1)], ARGV[at + 2 * (index - 1) + 1])
end
for index = at + 2 * set, #ARGV do
  redis.call('HDEL', KEYS[1], ARGV[index])
end
if KEYS[3] and added ~= 0 then
  accounts().charge(KEYS[3], KEYS[4], ARGV[5], ARGV[4], added, KEYS[1], KEYS[2])
end
local left = lifeMs(KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], left)
redis.call('PEXPIRE', KEYS[2], left)
local reply = redis.call('HGETALL', KEYS[1])
table.insert(reply, 1, left)
table.insert(reply, 1, 'ok')
return reply
