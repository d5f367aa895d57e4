-- Counts the dead letters and replays that refer to a completed transcript, which is kept for as long as there are any.
-- `registry` is the hash of completions by session id; its notes begin with the event's id and have the count in the
-- sixth place.
local function noteDeadLetter(registry, eventId, fields, change)
  for index = 1, #fields, 2 do
    if fields[index] == 'session_id' then
      local note = redis.call('HGET', registry, fields[index + 1])
      local decoded = note and cjson.decode(note)
      if decoded and decoded[1] == eventId then
        local count = (tonumber(decoded[6]) or (decoded[6] and 1) or 0) + change
        decoded[6] = count > 0 and count
        -- A full server takes no note; then the transcript is kept for too long rather than too short.
        redis.pcall('HSET', registry, fields[index + 1], cjson.encode(decoded))
      end
      return
    end
  end
end

-- The id that consumers know an entry's event by, and the position of the event's first field.
local function originOf(entry)
  if entry[2][1] == 'replay_of' then
    return entry[2][2], 3
  end
  return entry[1], 1
end
