-- Reads a page of the transcript of a tenant's session, and extends the session.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds of a session that has none of its own
--   ARGV[3]  first chunk
--   ARGV[4]  last chunk
-- Output:
--   {total number of chunks, the chunks}, or false if the tenant has no such session

--- @include "owner"
--- @include "lifetime"

if ownerOf(KEYS[1], redis.call('HGET', KEYS[1], 'tenant_id')) ~= ARGV[1] then
  return false
end
extendTo(KEYS[1], KEYS[2], ttlAfterUse(KEYS[1], ARGV[2]))
return {redis.call('LLEN', KEYS[2]), redis.call('LRANGE', KEYS[2], ARGV[3], ARGV[4])}
