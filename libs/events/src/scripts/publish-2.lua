-- Publishes an event whose change was made in another slot, or publishes a completion again whose event was dropped.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  completions whose events are not handled yet, a hash
--   ARGV[1]  bytes that the stream may take, 0 to leave that unchecked
--   ARGV[2]  session id of a completion; '' for another event
--   ARGV[3]  tenant
--   ARGV[4]  time of the completion
--   ARGV[5]  chunks of the completed transcript
--   ARGV[6]  its bytes
--   ARGV[7]  id of the dropped event that this one replaces; '' for none
--   ARGV[8…] fields and values of the entry
-- Output:
--   {id, entries dropped that a group had not acknowledged, 'registered', 'unregistered' or 'none'}, or false when
--   another process has replaced the event already

--- @include "publish"

if ARGV[7] ~= '' then
  local note = redis.call('HGET', KEYS[2], ARGV[2])
  if not note or cjson.decode(note)[1] ~= ARGV[7] then
    return false
  end
end
local id, unread = publish(KEYS[1], KEYS[2], tonumber(ARGV[1]), unpack(ARGV, 8))
local registered = 'none'
if ARGV[2] ~= '' then
  local chunks, bytes = tonumber(ARGV[5]), tonumber(ARGV[6])
  registered = streamFunctions().registerCompletion(KEYS[1], KEYS[2], ARGV[2], id, ARGV[3], ARGV[4], chunks, bytes)
end
return {id, unread, registered}
