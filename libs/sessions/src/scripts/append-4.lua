-- Appends chunks to the transcript of a tenant's session, once for an idempotency key, lets the session live on, publishes
-- the event and accounts for the memory, where stream and ledger are among the keys: all or nothing.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the idempotency key's record; another key of the session without an idempotency key
--   KEYS[4]  ids of the session's events, a list
--   KEYS[5]  event stream; absent in a cluster, as are all that follow
--   KEYS[6]  the tenant's ledger, a hash
--   KEYS[7]  the tenants' totals, a hash
--   KEYS[8]  completions whose events are not handled yet, a hash; absent while the stream's bound is left unchecked
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds of a session that has none of its own
--   ARGV[3]  the request's fingerprint, '' without an idempotency key
--   ARGV[4]  the record's TTL in milliseconds
--   ARGV[5]  most chunks of a transcript
--   ARGV[6]  most bytes of a transcript
--   ARGV[7]  session id
--   ARGV[8]  time, ISO 8601
--   ARGV[9]  beginning of the chunks as one text, where the event has no room for all of it; else ''
--   ARGV[10] most bytes of the stream, of the tenant, and of all tenants (0 for any), with spaces between them
--   ARGV[11…] the chunks, at most 1,000
-- Output:
--   {'appended' or 'replayed', chunks in all, events dropped unread}, {'missing'}, {'completed'}, {'conflict'},
--   {'too-many', chunks that there are}, {'too-large', bytes that there are}, {'tenant-full' or 'server-full', bytes held}

--- @include "publish"
--- @include "memory"
--- @include "remember"
--- @include "life"

local session = redis.call('HMGET', KEYS[1], 'tenant_id', 'completed_at', 'transcript_bytes', 'transcript_chunks')
if (session[1] or 'default') ~= ARGV[1] or (not session[1] and redis.call('EXISTS', KEYS[1]) == 0) then
  return {'missing'}
end
local left = lifeMs(KEYS[1], ARGV[2])
if ARGV[3] ~= '' then
  local record = redis.call('GET', KEYS[3])
  if record then
    local fingerprint, total = string.match(record, '^(%S+) (%d+)$')
    if fingerprint ~= ARGV[3] then
      return {'conflict'}
    end
    redis.call('PEXPIRE', KEYS[1], left)
    redis.call('PEXPIRE', KEYS[2], left)
    return {'replayed', tonumber(total), 0}
  end
end
if session[2] then
  return {'completed'}
end
local chunks = #ARGV - 10
local count = redis.call('LLEN', KEYS[2])
if count + chunks > tonumber(ARGV[5]) then
  return {'too-many', count}
end
local bytes, recorded, added, byOthers = tonumber(session[3] or 0), tonumber(session[4] or 0), 0, 0
-- Other programs have pushed to the list, or trimmed it: what is there now is measured, until it is over the bound.
if count ~= recorded or (session[3] and not session[4]) then
  local before, measured = bytes, recorded
  if recorded > count or not session[4] then
    bytes, measured = 0, 0
  end
  while measured < count and bytes <= tonumber(ARGV[6]) do
    for _, chunk in ipairs(redis.call('LRANGE', KEYS[2], measured, measured + 99)) do
      measured = measured + 1
      bytes = bytes + #chunk
    end
  end
  byOthers = bytes - before
end
for index = 11, #ARGV do
  added = added + #ARGV[index]
end
if bytes + added > tonumber(ARGV[6]) then
  return {'too-large', bytes}
end
local held = transcriptBytes(count + chunks, bytes + added) - transcriptBytes(recorded, bytes - byOthers)
if KEYS[6] and held > 0 then
  local maxTenantBytes, maxAllBytes = string.match(ARGV[10], '^%d+ (%d+) (%d+)$')
  local isLarge = bytes + added > smallSession
  local full = accounts().findFull(KEYS[7], ARGV[1], held, isLarge, tonumber(maxTenantBytes), tonumber(maxAllBytes))
  if full then
    return full
  end
end
local unread = 0
if KEYS[5] then
  local maxBytes = KEYS[8] and tonumber(string.match(ARGV[10], '^%d+')) or 0
  -- First: what fails here leaves nothing behind.
  local id
  if ARGV[9] == '' then
    id, unread = publish(KEYS[5], KEYS[8], maxBytes, 'event_type', 'transcript_appended', 'session_id', ARGV[7],
      'tenant_id', ARGV[1], 'transcript', table.concat(ARGV, ' ', 11), 'timestamp', ARGV[8])
  else
    id, unread = publish(KEYS[5], KEYS[8], maxBytes, 'event_type', 'transcript_appended', 'session_id', ARGV[7],
      'tenant_id', ARGV[1], 'transcript', ARGV[9], 'timestamp', ARGV[8], 'transcript_bytes', added + chunks - 1,
      'chunks_from', count, 'chunks_to', count + chunks - 1)
  end
  rememberEvent(KEYS[4], id, count == 0, left)
end
local total = redis.call('RPUSH', KEYS[2], unpack(ARGV, 11))
redis.call('HSET', KEYS[1], 'transcript_bytes', string.format('%d', bytes + added), 'transcript_chunks', total)
redis.call('PEXPIRE', KEYS[1], left)
redis.call('PEXPIRE', KEYS[2], left)
if ARGV[3] ~= '' then
  redis.call('SET', KEYS[3], ARGV[3] .. ' ' .. total, 'PX', ARGV[4])
end
if KEYS[6] and held ~= 0 then
  accounts().charge(KEYS[6], KEYS[7], ARGV[1], ARGV[7], held, KEYS[1], KEYS[2])
end
return {'appended', total, unread}
