-- Completes the transcript of a tenant's session: nothing can be appended any more, and the event refers consumers to the
-- text, in the same step where the stream is among the keys. Otherwise the event is owed until `settle` says that it was
-- published, and the answer is the same until then.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  ids of the session's events, a list
--   KEYS[4]  the transcript kept for consumers, a list
--   KEYS[5]  event stream; absent in a cluster, as are all that follow
--   KEYS[6]  completions whose events are not handled yet, a hash
--   KEYS[7]  the tenant's ledger, a hash
--   KEYS[8]  the tenants' totals, a hash
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds of a session that has none of its own
--   ARGV[3]  session id
--   ARGV[4]  time, ISO 8601
--   ARGV[5]  '1' to take the transcript away
--   ARGV[6]  bytes of text that an event has at most
--   ARGV[7]  bytes that the stream may take, 0 to leave that unchecked
--   ARGV[8]  the tenant's field of the totals
--   ARGV[9]  milliseconds that a session lives at least while consumers need its transcript
--   ARGV[10] milliseconds that a transcript without its session is kept for consumers
--   ARGV[11] the same when there are no consumers
--   ARGV[12] in a cluster: '1' when the completion is known to be unhandled
-- Output:
--   {'completed', chunks in all, time, events dropped unread, beginning of the text, its bytes}, {'already', chunks in
--   all, time} or {'missing'}

--- @include "publish"
--- @include "memory"
--- @include "remember"
--- @include "life"
--- @include "completion"

local session = redis.call('HMGET', KEYS[1], 'tenant_id', 'completed_at', 'event_owed', 'completed_chunks', 'archive')
if (session[1] or 'default') ~= ARGV[1] or (not session[1] and redis.call('EXISTS', KEYS[1]) == 0) then
  return {'missing'}
end
local left = lifeMs(KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], left)
redis.call('PEXPIRE', KEYS[2], left)
local times = {minKeepMs = tonumber(ARGV[9]), keepMs = tonumber(ARGV[10]), unclaimedMs = tonumber(ARGV[11])}
local function account()
  if not KEYS[7] then
    return
  end
  local bytes = accounts().sessionBytes(KEYS[1], KEYS[2])
  if redis.call('EXISTS', KEYS[4]) == 1 then
    local recorded = redis.call('HMGET', KEYS[1], 'transcript_chunks', 'transcript_bytes')
    bytes = bytes + transcriptBytes(tonumber(recorded[1] or 0), tonumber(recorded[2] or 0))
  end
  accounts().recharge(KEYS[7], KEYS[8], ARGV[8], ARGV[3], bytes)
end
if session[2] and not session[3] then
  if ARGV[5] == '1' then
    if isUnarchived(session[5], KEYS[6], ARGV[3], ARGV[12] == '1') then
      handOff(KEYS[2], KEYS[4], times.keepMs)
    else
      redis.call('UNLINK', KEYS[2])
    end
    account()
  end
  return {'already', tonumber(session[4] or 0), session[2]}
end

local count = redis.call('LLEN', KEYS[2])
local bytes, parts, beginning = math.max(0, count - 1), {}, 0
for first = 0, count - 1, 100 do
  for _, chunk in ipairs(redis.call('LRANGE', KEYS[2], first, first + 99)) do
    bytes = bytes + #chunk
    if beginning <= tonumber(ARGV[6]) then
      parts[#parts + 1] = chunk
      beginning = beginning + #chunk + 1
    end
  end
end
local text = table.concat(parts, ' ')
local isWhole = bytes <= tonumber(ARGV[6])
if not isWhole then
  -- Not within a character: continuation bytes are 10xxxxxx.
  local last = tonumber(ARGV[6])
  while last > 0 and string.byte(text, last + 1) >= 128 and string.byte(text, last + 1) < 192 do
    last = last - 1
  end
  text = string.sub(text, 1, last)
end
local time = session[2] or ARGV[4]
if not KEYS[5] then
  redis.call('HSET', KEYS[1], 'completed_at', time, 'completed_chunks', count, 'event_owed', '1')
  return {'completed', count, time, 0, text, bytes}
end
local fields = {'event_type', 'transcript_completed', 'session_id', ARGV[3], 'tenant_id', ARGV[1],
  'transcript', text, 'timestamp', time}
if not isWhole then
  for _, part in ipairs({'transcript_bytes', bytes, 'chunks_from', 0, 'chunks_to', count - 1}) do
    fields[#fields + 1] = part
  end
end
-- First: what fails here leaves nothing behind.
local id, unread = publish(KEYS[5], KEYS[6], tonumber(ARGV[7]), unpack(fields))
local registered = streamFunctions().registerCompletion(KEYS[5], KEYS[6], ARGV[3], id, ARGV[1], time, count, bytes)
rememberEvent(KEYS[3], id, count == 0, left)
redis.call('HSET', KEYS[1], 'completed_at', time, 'completed_chunks', count)
redis.call('HDEL', KEYS[1], 'event_owed')
settle(KEYS[1], KEYS[2], KEYS[4], registered, ARGV[5] == '1', isWhole, left, times)
account()
return {'completed', count, time, unread}
