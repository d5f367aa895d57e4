-- Ends the keeping of a completed transcript: every consumer has it. The session lives as long as it would have without.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
--   KEYS[4]  the tenant's ledger, a hash; absent in a cluster, as are all that follow
--   KEYS[5]  the tenants' totals, a hash
--   ARGV[1]  session id
--   ARGV[2]  the tenant's field of the totals
-- Output:
--   1

--- @include "memory"
--- @include "completion"

redis.call('UNLINK', KEYS[3])
local exists = redis.call('EXISTS', KEYS[1]) == 1
if exists then
  local ttlMs = tonumber(redis.call('HGET', KEYS[1], 'ttl_after_archive') or 0)
  redis.call('HDEL', KEYS[1], 'archive', 'ttl_after_archive')
  if ttlMs > 0 and ttlMs < redis.call('PTTL', KEYS[1]) then
    redis.call('PEXPIRE', KEYS[1], ttlMs)
    redis.call('PEXPIRE', KEYS[2], ttlMs)
  end
end
if KEYS[4] then
  local account = accounts()
  account.recharge(KEYS[4], KEYS[5], ARGV[2], ARGV[1], exists and account.sessionBytes(KEYS[1], KEYS[2]) or 0)
end
return 1
