-- Deletes a tenant's session, and tells of it in the event stream where that is among the keys.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  event stream; absent in a cluster
--   ARGV[1]  tenant
--   ARGV[2]  session id
--   ARGV[3]  time, ISO 8601
-- Output:
--   1 deleted, 0 where the tenant has no such session
local owner = redis.call('HGET', KEYS[1], 'tenant_id')
if (owner or 'default') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
if KEYS[3] then
  -- First: what fails here leaves nothing behind.
  redis.call('XADD', KEYS[3], '*', 'event_type', 'session_deleted', 'session_id', ARGV[2], 'tenant_id', ARGV[1],
    'transcript', '', 'timestamp', ARGV[3])
end
redis.call('UNLINK', KEYS[1], KEYS[2])
return 1
