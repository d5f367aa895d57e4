-- Deletes dead letters, so that their transcripts are no longer kept for them.
--
-- Input:
--   KEYS[1]  the stream of dead letters
--   KEYS[2]  the registry of unhandled completions, a hash
--   ARGV     ids of dead letters
-- Output:
--   the number of deleted dead letters

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
