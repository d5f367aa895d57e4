-- Stops keeping a completed transcript that every consumer has handled, and accounts for the memory.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
--   KEYS[4]  the tenant's ledger, a hash
--   KEYS[5]  the tenants' totals, a hash
--   ARGV[1]  session id
--   ARGV[2]  the tenant's field of the totals
-- Output:
--   1 if the session exists, otherwise 0

--- @include "memory"
--- @include "release"

local exists = releaseTranscript()
local account = accounts()
account.set(KEYS[4], KEYS[5], ARGV[2], ARGV[1], exists and account.sessionBytes(KEYS[1], KEYS[2]) or 0)
return exists and 1 or 0
