-- In a cluster, after an event of a session was published: keeps its id for listeners that come back.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  ids of the session's events, a list
--   ARGV[1]  the event's id
--   ARGV[2]  '1' when it is the session's first event
-- Output:
--   1 kept, 0 the session is gone

--- @include "remember"

local left = redis.call('PTTL', KEYS[1])
if left <= 0 then
  return 0
end
rememberEvent(KEYS[2], ARGV[1], ARGV[2] == '1', left)
return 1
