-- Drops the note of a completion, unless it is about a newer event by now.
--
-- Input:
--   KEYS[1]  completions whose events are not handled yet, a hash
--   ARGV[1]  session id
--   ARGV[2]  the event's id
-- Output:
--   1 dropped, 0 there was none
local note = redis.call('HGET', KEYS[1], ARGV[1])
if not note or cjson.decode(note)[1] ~= ARGV[2] then
  return 0
end
return redis.call('HDEL', KEYS[1], ARGV[1])
