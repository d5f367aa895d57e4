-- Moves dead letters of a group to the group's stream of replays.
--
-- Input:
--   KEYS[1]  the stream of dead letters
--   KEYS[2]  the group's stream of replays
--   ARGV[1]  group
--   ARGV[2]  bytes after which no further dead letter is moved
--   ARGV[3…] ids of dead letters
-- Output:
--   {number of ids processed, number of dead letters moved}
local processed, moved, bytes = 0, 0, 0
for index = 3, #ARGV do
  if bytes >= tonumber(ARGV[2]) then
    break
  end
  local entry = redis.call('XRANGE', KEYS[1], ARGV[index], ARGV[index])[1]
  if entry and entry[2][2] == ARGV[1] then
    for field = 9, #entry[2] do
      bytes = bytes + #entry[2][field]
    end
    -- This comes first: if it fails because the server is full, the dead letter stays.
    redis.call('XADD', KEYS[2], '*', 'replay_of', entry[2][4], unpack(entry[2], 9))
    redis.call('XDEL', KEYS[1], ARGV[index])
    moved = moved + 1
  end
  processed = processed + 1
end
return {processed, moved}
