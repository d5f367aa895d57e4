-- In a cluster, after the event of a completion was published: it is owed no more, and the transcript is kept as long as
-- consumers may need it.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
--   ARGV[1]  'registered', 'unregistered' or 'none': whether consumers are waited for
--   ARGV[2]  '1' to take the transcript away
--   ARGV[3]  '1' when the event has the whole text
--   ARGV[4]  milliseconds that a session lives at least while consumers need its transcript
--   ARGV[5]  milliseconds that a transcript without its session is kept for consumers
--   ARGV[6]  the same when there are no consumers
-- Output:
--   1 it was owed, 0 it was not

--- @include "completion"

if redis.call('HDEL', KEYS[1], 'event_owed') == 0 then
  return 0
end
local times = {minKeepMs = tonumber(ARGV[4]), keepMs = tonumber(ARGV[5]), unclaimedMs = tonumber(ARGV[6])}
local left = redis.call('PTTL', KEYS[1])
settle(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2] == '1', ARGV[3] == '1', left, times)
return 1
