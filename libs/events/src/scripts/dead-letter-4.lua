-- Adds an entry that cannot be handled to the dead letters and acknowledges it, atomically.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  the stream of dead letters
--   KEYS[3]  the group's records of attempts, a hash by entry id
--   KEYS[4]  the registry of unhandled completions, a hash
--   ARGV[1]  group
--   ARGV[2]  '1' if the stream holds only this group's replays, so that the entry is deleted as well
--   ARGV[3]  entry id
--   ARGV[4]  number of attempts
--   ARGV[5]  why the last attempt failed
--   ARGV[6]  approximate maximum number of dead letters
-- Output:
--   1 if it is a dead letter now, 0 if it was already acknowledged, -1 if it was trimmed from the stream

--- @include "note-dead-letter"

if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1) == 0 then
  return 0
end
local entry = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])[1]
if entry then
  local id, first = originOf(entry)
  -- This comes first: if it fails because the server is full, the entry stays pending.
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], '*', 'group', ARGV[1], 'id', id, 'deliveries', ARGV[4],
    'reason', ARGV[5], unpack(entry[2], first))
  -- A replay is still counted from when it first became a dead letter.
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
