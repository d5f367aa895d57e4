-- Returns the owner of a session.
--
-- Input:
--   KEYS[1]  metadata, a hash
-- Output:
--   {tenant, user or ''}, or false if there is no such session

--- @include "owner"

local fields = redis.call('HMGET', KEYS[1], 'tenant_id', 'user_id')
local tenant = ownerOf(KEYS[1], fields[1])
return tenant and {tenant, fields[2] or ''} or false
