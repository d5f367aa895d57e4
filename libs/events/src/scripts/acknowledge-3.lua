-- Acknowledges entries and forgets their attempts.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  the group's record of attempts, a hash
--   KEYS[3]  completions whose events are not handled yet, a hash
--   ARGV[1]  group
--   ARGV[2]  '1' where the stream is the group's own, of replays: the entries are deleted
--   ARGV[3…] ids
-- Output:
--   how many were acknowledged

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
