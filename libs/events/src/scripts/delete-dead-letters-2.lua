-- Deletes dead letters; the transcripts that they refer to need not be kept for them any more.
--
-- Input:
--   KEYS[1]  the stream of dead letters
--   KEYS[2]  completions whose events are not handled yet, a hash
--   ARGV     ids
-- Output:
--   how many were deleted

--- @include "note-dead-letter"

local deleted = 0
for _, id in ipairs(ARGV) do
  local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
  if entry then
    noteDeadLetter(KEYS[2], entry[2][4], {unpack(entry[2], 9)}, -1)
    deleted = deleted + redis.call('XDEL', KEYS[1], id)
  end
end
return deleted
