-- Changes fields of a tenant's session, all or none, and lets it live on.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds
--   ARGV[3]  most fields that a session may have
--   ARGV[4]  how many fields to set: then field and value by turns, and then the fields to remove
-- Output:
--   {'ok', ms that it has left, field, value, …}, {'missing'} or {'too-many', fields that there would be}
local owner = redis.call('HGET', KEYS[1], 'tenant_id')
if (owner or 'default') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then
  return {'missing'}
end
local set, at = tonumber(ARGV[4]), 5
local fields = redis.call('HLEN', KEYS[1])
for index = 1, set do
  if redis.call('HEXISTS', KEYS[1], ARGV[at + 2 * (index - 1)]) == 0 then
    fields = fields + 1
  end
end
for index = at + 2 * set, #ARGV do
  fields = fields - redis.call('HEXISTS', KEYS[1], ARGV[index])
end
if fields > tonumber(ARGV[3]) then
  return {'too-many', fields}
end
for index = 1, set do
  redis.call('HSET', KEYS[1], ARGV[at + 2 * (index - 1)], ARGV[at + 2 * (index - 1) + 1])
end
for index = at + 2 * set, #ARGV do
  redis.call('HDEL', KEYS[1], ARGV[index])
end
local left = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], left)
redis.call('PEXPIRE', KEYS[2], left)
local reply = redis.call('HGETALL', KEYS[1])
table.insert(reply, 1, left)
table.insert(reply, 1, 'ok')
return reply
