-- Removes sessions from the ledger that have expired, were evicted, or were deleted by another program.
--
-- Input:
--   KEYS[1]  the tenant's ledger, a hash
--   KEYS[2]  the tenants' totals, a hash
--   KEYS[3…] for each session, its metadata and the transcript kept for consumers
--   ARGV[1]  the tenant's field of the totals
--   ARGV[2…] session ids
-- Output:
--   the number of sessions that no longer exist

--- @include "memory"

local account, gone = accounts(), 0
for index = 2, #ARGV do
  if redis.call('EXISTS', KEYS[2 * index - 1], KEYS[2 * index]) == 0 then
    account.set(KEYS[1], KEYS[2], ARGV[1], ARGV[index], 0)
    gone = gone + 1
  end
end
return gone
