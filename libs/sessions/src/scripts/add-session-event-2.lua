-- For a cluster, after an event of a session is published: adds its id to the list that reconnecting listeners read.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  ids of the session's events, a list
--   ARGV[1]  the event's id
--   ARGV[2]  '1' if it is the session's first event
-- Output:
--   1 if added, 0 if the session is gone

--- @include "session-events"

local ttlMs = redis.call('PTTL', KEYS[1])
if ttlMs <= 0 then
  return 0
end
addSessionEvent(KEYS[2], ARGV[1], ARGV[2] == '1', ttlMs)
return 1
