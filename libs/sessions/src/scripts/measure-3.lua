-- Measures the memory of a session. For a cluster, where the ledger is in another slot.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
-- Output:
--   the bytes of the session, 0 if it does not exist

--- @include "memory"

local bytes = 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  bytes = accounts().sessionBytes(KEYS[1], KEYS[2])
end
if redis.call('EXISTS', KEYS[3]) == 1 then
  local kept = redis.pcall('MEMORY', 'USAGE', KEYS[3], 'SAMPLES', 0)
  bytes = bytes + (type(kept) == 'number' and kept or 0)
end
return bytes
