-- Completes the transcript of a tenant's session, so that nothing can be appended to it. For a cluster, where the event
-- stream is in another slot: the event is owed until `settle` records that it was published, and until then this script
-- returns the same reply again.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds of a session that has none of its own
--   ARGV[3]  timestamp, ISO 8601
--   ARGV[4]  '1' to delete the transcript
--   ARGV[5]  maximum bytes of text in an event
--   ARGV[6]  minimum TTL in milliseconds of a session whose transcript consumers need
--   ARGV[7]  milliseconds for which a deleted transcript is kept for consumers
--   ARGV[8]  the same when there are no consumers
--   ARGV[9]  '1' if the registry of unhandled completions has the session
-- Output:
--   {'completed', number of chunks, timestamp, text or excerpt, bytes of the whole text}, {'already', number of chunks,
--   timestamp} or {'missing'}

--- @include "owner"
--- @include "lifetime"
--- @include "completion"
--- @include "complete"

local reply, completion = planCompletion(ARGV[9] == '1')
if reply then
  return reply
end
redis.call('HSET', KEYS[1], 'completed_at', completion.timestamp, 'completed_chunks', completion.count, 'event_owed', '1')
return {'completed', completion.count, completion.timestamp, completion.text, completion.bytes}
