-- For a cluster, after the event of a completion is published: records that the event is not owed any more, and keeps the
-- transcript for as long as consumers may need it.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
--   ARGV[1]  'registered', 'unregistered' or 'none', as publishing the event returned it
--   ARGV[2]  '1' if the event has the whole text
--   ARGV[3]  '1' to delete the transcript
--   ARGV[4]  minimum TTL in milliseconds of a session whose transcript consumers need
--   ARGV[5]  milliseconds for which a deleted transcript is kept for consumers
--   ARGV[6]  the same when there are no consumers
-- Output:
--   1 if the event was owed, otherwise 0

--- @include "completion"

if redis.call('HDEL', KEYS[1], 'event_owed') == 0 then
  return 0
end
settle(ARGV[1], ARGV[2] == '1', redis.call('PTTL', KEYS[1]), {
  isDeleted = ARGV[3] == '1',
  minTtlMs = tonumber(ARGV[4]),
  keepMs = tonumber(ARGV[5]),
  unclaimedMs = tonumber(ARGV[6]),
})
return 1
