-- Reads a task. A result alone, as other programs store it, is a task that is done.
--
-- Input:
--   KEYS[1]  status, a hash
--   KEYS[2]  result, a JSON string
--   ARGV[1]  '1' to delete the task if it is finished
-- Output:
--   {status, progress or '', result as JSON or ''}, or false if there is no such task
local result = redis.call('GET', KEYS[2])
local task
if result then
  task = {'done', '1', result}
else
  local fields = redis.call('HMGET', KEYS[1], 'status', 'progress', 'result')
  -- 'done' without a result: another program has claimed it.
  if not fields[1] or fields[1] == 'done' then
    return false
  end
  task = {fields[1], fields[2] or '', fields[3] or ''}
end
if ARGV[1] == '1' and (task[1] == 'done' or task[1] == 'failed') then
  redis.call('UNLINK', KEYS[1], KEYS[2])
end
return task
