-- Adds `change` to the number of dead letters and replays of a completed transcript, which is kept as long as there are
-- any. `registry` is the registry of unhandled completions. Each of its values is a JSON array with the event id first
-- and this number sixth.
local function noteDeadLetter(registry, eventId, fields, change)
  for index = 1, #fields, 2 do
    if fields[index] == 'session_id' then
      local note = redis.call('HGET', registry, fields[index + 1])
      local decoded = note and cjson.decode(note)
      if decoded and decoded[1] == eventId then
        local count = (tonumber(decoded[6]) or (decoded[6] and 1) or 0) + change
        decoded[6] = count > 0 and count
        -- A full server rejects this. If it is a decrement, the transcript is kept too long.
        redis.pcall('HSET', registry, fields[index + 1], cjson.encode(decoded))
      end
      return
    end
  end
end

-- Returns the id under which consumers know an entry's event, and the position of the event's first field.
local function originOf(entry)
  if entry[2][1] == 'replay_of' then
    return entry[2][2], 3
  end
  return entry[1], 1
end
