-- Appends chunks to the transcript of a tenant's session, once for an idempotency key, lets the session live on, and
-- tells of it in the event stream where that is among the keys: all or nothing.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  the idempotency key's record
--   KEYS[4]  event stream; absent in a cluster
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds
--   ARGV[3]  the request's fingerprint, '' without an idempotency key
--   ARGV[4]  the record's TTL in milliseconds
--   ARGV[5]  most chunks of a transcript
--   ARGV[6]  most bytes of a transcript
--   ARGV[7]  session id
--   ARGV[8]  time, ISO 8601
--   ARGV[9]  the chunks as one text, for the event
--   ARGV[10…] the chunks, at most 1,000
-- Output:
--   {'appended' or 'replayed', chunks in all}, {'missing'}, {'completed'}, {'conflict'}, {'too-many', chunks that there
--   are} or {'too-large', bytes that there are}
local owner = redis.call('HGET', KEYS[1], 'tenant_id')
if (owner or 'default') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then
  return {'missing'}
end
local left = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[2]))
if ARGV[3] ~= '' then
  local record = redis.call('GET', KEYS[3])
  if record then
    local fingerprint, total = string.match(record, '^(%S+) (%d+)$')
    if fingerprint ~= ARGV[3] then
      return {'conflict'}
    end
    redis.call('PEXPIRE', KEYS[1], left)
    redis.call('PEXPIRE', KEYS[2], left)
    return {'replayed', tonumber(total)}
  end
end
if redis.call('HEXISTS', KEYS[1], 'completed_at') == 1 then
  return {'completed'}
end
local count = redis.call('LLEN', KEYS[2])
if count + #ARGV - 9 > tonumber(ARGV[5]) then
  return {'too-many', count}
end
local bytes, added = tonumber(redis.call('HGET', KEYS[1], 'transcript_bytes') or 0), 0
for index = 10, #ARGV do
  added = added + #ARGV[index]
end
if bytes + added > tonumber(ARGV[6]) then
  return {'too-large', bytes}
end
-- First: what fails here leaves nothing behind.
if KEYS[4] then
  redis.call('XADD', KEYS[4], '*', 'event_type', 'transcript_appended', 'session_id', ARGV[7], 'tenant_id', ARGV[1],
    'transcript', ARGV[9], 'timestamp', ARGV[8])
end
local total = redis.call('RPUSH', KEYS[2], unpack(ARGV, 10))
redis.call('HSET', KEYS[1], 'transcript_bytes', string.format('%d', bytes + added))
redis.call('PEXPIRE', KEYS[1], left)
redis.call('PEXPIRE', KEYS[2], left)
if ARGV[3] ~= '' then
  redis.call('SET', KEYS[3], ARGV[3] .. ' ' .. total, 'PX', ARGV[4])
end
return {'appended', total}
