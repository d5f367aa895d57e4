-- Reads a tenant's session, and extends it if asked to.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds of a session that has none of its own; 0 to leave the session's TTL as it is
--   ARGV[3]  minimum TTL in milliseconds
--   ARGV[4]  '1' to leave out the state, which may be large
-- Output:
--   {TTL in milliseconds, field, value, …}, or false if the tenant has no such session

--- @include "owner"
--- @include "lifetime"

if ownerOf(KEYS[1], redis.call('HGET', KEYS[1], 'tenant_id')) ~= ARGV[1] then
  return false
end
local ttlMs
if tonumber(ARGV[2]) > 0 then
  ttlMs = math.max(ttlAfterUse(KEYS[1], ARGV[2]), tonumber(ARGV[3]))
  extendTo(KEYS[1], KEYS[2], ttlMs)
else
  ttlMs = redis.call('PTTL', KEYS[1])
end
local reply = {ttlMs}
local fields = redis.call('HGETALL', KEYS[1])
for index = 1, #fields, 2 do
  if ARGV[4] ~= '1' or fields[index] ~= 'state' then
    reply[#reply + 1] = fields[index]
    reply[#reply + 1] = fields[index + 1]
  end
end
return reply
