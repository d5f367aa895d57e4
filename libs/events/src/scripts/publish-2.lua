-- Publishes an event after its change, or publishes a completion again whose event was dropped.
--
-- Input:
--   KEYS[1]   the stream
--   KEYS[2]   the registry of unhandled completions, a hash
--   ARGV[1]   maximum size of the stream in bytes, 0 to leave it unchecked
--   ARGV[2]   id of the dropped event that this one replaces; '' for none
--   ARGV[3]   event type
--   ARGV[4]   session id
--   ARGV[5]   tenant
--   ARGV[6]   transcript, or an excerpt of it
--   ARGV[7]   timestamp
--   ARGV[8]   bytes of the whole text, if the transcript is an excerpt, and
--   ARGV[9]   its first chunk and
--   ARGV[10]  its last chunk; each '' otherwise
--   ARGV[11]  chunks of a completed transcript and
--   ARGV[12]  its bytes; each '' for another event
-- Output:
--   {id, dropped entries that some group had not acknowledged, 'registered', 'unregistered' or 'none'}, or false if another
--   process has already replaced the event

--- @include "publish"

local event = {type = ARGV[3], sessionId = ARGV[4], tenant = ARGV[5], transcript = ARGV[6], timestamp = ARGV[7]}
if ARGV[8] ~= '' then
  event.bytes, event.firstChunk, event.lastChunk = ARGV[8], ARGV[9], ARGV[10]
end
if ARGV[2] ~= '' then
  local note = redis.call('HGET', KEYS[2], event.sessionId)
  if not note or cjson.decode(note)[1] ~= ARGV[2] then
    return false
  end
end
local id, unread = publishEvent(KEYS[1], KEYS[2], tonumber(ARGV[1]), event)
local registered = 'none'
if ARGV[11] ~= '' then
  local chunks, bytes = tonumber(ARGV[11]), tonumber(ARGV[12])
  registered = streamFunctions().registerCompletion(KEYS[1], KEYS[2], id, event, chunks, bytes)
end
return {id, unread, registered}
