-- Moves an entry that cannot be handled to the dead letters, with the reason, and acknowledges it: both or neither.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  the stream of dead letters
--   KEYS[3]  the group's record of attempts, a hash
--   KEYS[4]  completions whose events are not handled yet, a hash
--   ARGV[1]  group
--   ARGV[2]  '1' where the stream is the group's own, of replays: the entry is deleted
--   ARGV[3]  the entry's id
--   ARGV[4]  how often the handler was called
--   ARGV[5]  why the last attempt failed
--   ARGV[6]  dead letters to keep
-- Output:
--   1 moved, 0 it was acknowledged before, -1 the entry is no longer in the stream

--- @include "note-dead-letter"

if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1) == 0 then
  return 0
end
local entry = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])[1]
if entry then
  local id, first = originOf(entry)
  -- First: where it fails because the server is full, the entry stays pending.
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], '*', 'group', ARGV[1], 'id', id, 'deliveries', ARGV[4],
    'reason', ARGV[5], unpack(entry[2], first))
  -- A replay is counted since it was a dead letter for the first time.
  if ARGV[2] ~= '1' then
    noteDeadLetter(KEYS[4], id, entry[2], 1)
  end
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('HDEL', KEYS[3], ARGV[3])
if ARGV[2] == '1' then
  redis.call('XDEL', KEYS[1], ARGV[3])
end
return entry and 1 or -1
