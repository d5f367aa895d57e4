-- Removes a completion from the registry, unless it was published again with another event id.
--
-- Input:
--   KEYS[1]  the registry of unhandled completions, a hash
--   ARGV[1]  session id
--   ARGV[2]  event id
-- Output:
--   1 if it was removed, 0 otherwise
local note = redis.call('HGET', KEYS[1], ARGV[1])
if not note or cjson.decode(note)[1] ~= ARGV[2] then
  return 0
end
return redis.call('HDEL', KEYS[1], ARGV[1])
