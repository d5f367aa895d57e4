-- Acknowledges entries and deletes their records of attempts.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  the group's records of attempts, a hash by entry id
--   KEYS[3]  the registry of unhandled completions, a hash
--   ARGV[1]  group
--   ARGV[2]  '1' if the stream holds only this group's replays, so that the entries are deleted as well
--   ARGV[3…] entry ids
-- Output:
--   the number of acknowledged entries

--- @include "note-dead-letter"

local count = 0
for index = 3, #ARGV do
  local id = ARGV[index]
  local acknowledged = redis.call('XACK', KEYS[1], ARGV[1], id)
  redis.call('HDEL', KEYS[2], id)
  if ARGV[2] == '1' then
    local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
    if entry then
      local eventId, first = originOf(entry)
      noteDeadLetter(KEYS[3], eventId, {unpack(entry[2], first)}, -1)
    end
    redis.call('XDEL', KEYS[1], id)
  end
  count = count + acknowledged
end
return count
