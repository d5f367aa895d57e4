-- Completes the transcript of a tenant's session, so that nothing can be appended to it, publishes the event and accounts
-- for the memory: all or nothing.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the transcript kept for consumers, a list
--   KEYS[4]  ids of the session's events, a list
--   KEYS[5]  event stream
--   KEYS[6]  the registry of unhandled completions, a hash
--   KEYS[7]  the tenant's ledger, a hash
--   KEYS[8]  the tenants' totals, a hash
--   ARGV[1…8] as those of `complete-3.lua`
--   ARGV[9]  session id
--   ARGV[10] maximum bytes of the stream, 0 to leave it unchecked
--   ARGV[11] the tenant's field of the totals
-- Output:
--   {'completed', number of chunks, timestamp, dropped events that some group had not acknowledged}, {'already', number of
--   chunks, timestamp} or {'missing'}

--- @include "publish"
--- @include "session-events"
--- @include "memory"
--- @include "owner"
--- @include "lifetime"
--- @include "completion"
--- @include "complete"

local function account()
  local bytes = accounts().sessionBytes(KEYS[1], KEYS[2])
  if redis.call('EXISTS', KEYS[3]) == 1 then
    local recorded = redis.call('HMGET', KEYS[1], 'transcript_chunks', 'transcript_bytes')
    bytes = bytes + transcriptBytes(tonumber(recorded[1] or 0), tonumber(recorded[2] or 0))
  end
  accounts().set(KEYS[7], KEYS[8], ARGV[11], ARGV[9], bytes)
end

local reply, completion = planCompletion(redis.call('HEXISTS', KEYS[6], ARGV[9]) == 1)
if reply then
  if reply[1] == 'already' and ARGV[4] == '1' then
    account()
  end
  return reply
end
local count, bytes = completion.count, completion.bytes
local event = {
  type = 'transcript_completed',
  sessionId = ARGV[9],
  tenant = ARGV[1],
  transcript = completion.text,
  timestamp = completion.timestamp,
}
if not completion.isWhole then
  event.bytes, event.firstChunk, event.lastChunk = bytes, 0, count - 1
end
-- Publishing comes first: if it fails, the transcript is not completed.
local id, unread = publishEvent(KEYS[5], KEYS[6], tonumber(ARGV[10]), event)
local registered = streamFunctions().registerCompletion(KEYS[5], KEYS[6], id, event, count, bytes)
addSessionEvent(KEYS[4], id, count == 0, completion.ttlMs)
redis.call('HSET', KEYS[1], 'completed_at', completion.timestamp, 'completed_chunks', count)
redis.call('HDEL', KEYS[1], 'event_owed')
settle(registered, completion.isWhole, completion.ttlMs, completion.options)
account()
return {'completed', count, completion.timestamp, unread}
