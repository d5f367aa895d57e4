-- In a cluster: what a session takes, for the ledger in another slot.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
-- Output:
--   bytes, 0 when it is gone

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
