-- Reads a tenant's session, and extends it unless it is only looked at.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds of a session that has none of its own; 0 to extend nothing
--   ARGV[3]  milliseconds that it is to live at least
--   ARGV[4]  '1' to leave out its state, which may be large
-- Output:
--   {ms that it has left, field, value, …}, or false where the tenant has no such session

--- @include "life"

local owner = redis.call('HGET', KEYS[1], 'tenant_id')
if (owner or 'default') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then
  return false
end
local left = redis.call('PTTL', KEYS[1])
if tonumber(ARGV[2]) > 0 then
  left = math.max(lifeMs(KEYS[1], ARGV[2]), tonumber(ARGV[3]))
  redis.call('PEXPIRE', KEYS[1], left)
  redis.call('PEXPIRE', KEYS[2], left)
end
local reply = {left}
local fields = redis.call('HGETALL', KEYS[1])
for index = 1, #fields, 2 do
  if ARGV[4] ~= '1' or fields[index] ~= 'state' then
    reply[#reply + 1] = fields[index]
    reply[#reply + 1] = fields[index + 1]
  end
end
return reply
