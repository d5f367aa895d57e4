-- Stores a task's state. A finished task never becomes unfinished, and a failure never replaces a result.
--
-- Input:
--   KEYS[1]  status, a hash
--   KEYS[2]  result, a JSON string: only a task that is done has one
--   ARGV[1]  'pending', 'running', 'failed' or 'done'
--   ARGV[2]  progress from 0 to 1; '' keeps the last one
--   ARGV[3]  result as JSON; '' for none
--   ARGV[4]  TTL in seconds; '' keeps the task's own
--   ARGV[5]  TTL in seconds of a task that has none of its own
-- Output:
--   {'stored', TTL in seconds, progress or ''} or {'finished', 'failed' or 'done'}
local last = redis.call('HMGET', KEYS[1], 'status', 'progress', 'ttl_seconds')
local status, progress, ttl = last[1], last[2], last[3]
if redis.call('EXISTS', KEYS[2]) == 1 then
  status = 'done'
elseif status == 'done' then
  -- Another program has claimed the result: this is a new task.
  status, progress, ttl = false, false, false
end
local finishes = ARGV[1] == 'done' or ARGV[1] == 'failed'
if (status == 'done' and ARGV[1] ~= 'done') or (status == 'failed' and not finishes) then
  return {'finished', status}
end
progress = ARGV[2] ~= '' and ARGV[2] or progress or ''
ttl = ARGV[4] ~= '' and ARGV[4] or ttl or ARGV[5]
-- This comes first, because a full server rejects the first write.
redis.call('HSET', KEYS[1], 'status', ARGV[1], 'progress', progress, 'ttl_seconds', ttl)
redis.call('EXPIRE', KEYS[1], ttl)
if ARGV[1] ~= 'done' and ARGV[3] ~= '' then
  redis.call('HSET', KEYS[1], 'result', ARGV[3])
else
  redis.call('HDEL', KEYS[1], 'result')
end
if ARGV[1] == 'done' then
  redis.call('SET', KEYS[2], ARGV[3], 'EX', ttl)
end
return {'stored', tonumber(ttl), progress}
