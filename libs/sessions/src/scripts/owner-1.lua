-- Reads whose a session is.
--
-- Input:
--   KEYS[1]  metadata, a hash
-- Output:
--   {tenant, user or ''}, or false if there is no such session
if redis.call('EXISTS', KEYS[1]) == 0 then
  return false
end
local fields = redis.call('HMGET', KEYS[1], 'tenant_id', 'user_id')
return {fields[1] or 'default', fields[2] or ''}
