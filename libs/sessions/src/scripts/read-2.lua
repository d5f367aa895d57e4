-- Reads a tenant's session, and lets it live on.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds; 0 to leave it as it is
-- Output:
--   {ms that it has left, field, value, …}, or false where the tenant has no such session
local owner = redis.call('HGET', KEYS[1], 'tenant_id')
if (owner or 'default') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then
  return false
end
local left = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[2]))
if tonumber(ARGV[2]) > 0 then
  redis.call('PEXPIRE', KEYS[1], left)
  redis.call('PEXPIRE', KEYS[2], left)
end
local reply = redis.call('HGETALL', KEYS[1])
table.insert(reply, 1, left)
return reply
