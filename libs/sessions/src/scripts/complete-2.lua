-- Completes the transcript of a tenant's session: nothing can be appended any more, and the whole text is told of in the
-- event stream, in the same step where the stream is among the keys. Else the event is owed until `settle` says that it
-- was told, and the answer is the same until then.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   KEYS[3]  event stream; absent in a cluster
--   ARGV[1]  tenant
--   ARGV[2]  TTL in milliseconds
--   ARGV[3]  session id
--   ARGV[4]  time, ISO 8601
--   ARGV[5]  '1' to delete the transcript
-- Output:
--   {'completed', chunks in all, time, text where the event is owed}, {'already', chunks in all, time} or {'missing'}
local owner = redis.call('HGET', KEYS[1], 'tenant_id')
if (owner or 'default') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then
  return {'missing'}
end
local left = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], left)
redis.call('PEXPIRE', KEYS[2], left)
local completed = redis.call('HGET', KEYS[1], 'completed_at')
if completed and redis.call('HEXISTS', KEYS[1], 'event_owed') == 0 then
  if ARGV[5] == '1' then
    redis.call('UNLINK', KEYS[2])
  end
  return {'already', tonumber(redis.call('HGET', KEYS[1], 'completed_chunks') or 0), completed}
end
local chunks = redis.call('LRANGE', KEYS[2], 0, -1)
local text = table.concat(chunks, ' ')
local time = completed or ARGV[4]
if KEYS[3] then
  -- First: what fails here leaves nothing behind.
  redis.call('XADD', KEYS[3], '*', 'event_type', 'transcript_completed', 'session_id', ARGV[3], 'tenant_id', ARGV[1],
    'transcript', text, 'timestamp', time)
  redis.call('HSET', KEYS[1], 'completed_at', time, 'completed_chunks', #chunks)
  redis.call('HDEL', KEYS[1], 'event_owed')
  if ARGV[5] == '1' then
    redis.call('UNLINK', KEYS[2])
  end
  return {'completed', #chunks, time}
end
redis.call('HSET', KEYS[1], 'completed_at', time, 'completed_chunks', #chunks, 'event_owed', '1')
return {'completed', #chunks, time, text}
