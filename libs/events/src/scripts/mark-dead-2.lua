-- Notes of a completion whose event becomes a dead letter that its transcript is still needed.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  completions whose events are not handled yet, a hash
--   ARGV[1]  the event's id
-- Output:
--   1 noted, 0 it is no completion that is waited for
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not entry then
  return 0
end
for index = 1, #entry[2], 2 do
  if entry[2][index] == 'session_id' then
    local note = redis.call('HGET', KEYS[2], entry[2][index + 1])
    local decoded = note and cjson.decode(note)
    if decoded and decoded[1] == ARGV[1] then
      decoded[6] = true
      redis.call('HSET', KEYS[2], entry[2][index + 1], cjson.encode(decoded))
      return 1
    end
  end
end
return 0
