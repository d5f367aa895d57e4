-- Stops keeping a completed transcript that every consumer has handled. For a cluster, where the ledger is in another slot.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
-- Output:
--   1 if the session exists, otherwise 0

--- @include "release"

return releaseTranscript() and 1 or 0
