-- Scans dead letters and returns those that match, with their texts truncated.
--
-- Input:
--   KEYS[1]   the stream of dead letters
--   ARGV[1]   'newest' or 'oldest', for the order
--   ARGV[2]   id to continue after, '' to start
--   ARGV[3]   last id to scan if the oldest come first, '' for all
--   ARGV[4]   maximum number of dead letters to return
--   ARGV[5]   maximum number of dead letters to scan
--   ARGV[6]   approximate maximum number of bytes to scan
--   ARGV[7]   maximum number of bytes of the transcript to return
--   ARGV[8]   group
--   ARGV[9]   event type
--   ARGV[10]  session id
--   ARGV[11]  part of the reason in lower case; this and the three above are each '' for any
-- Output:
--   {id to continue after ('' at the end), {id, group, event id, attempts, reason, type, session id, tenant id,
--   timestamp, bytes of the whole transcript, its beginning}, …}
local perRead = 4
local position, scanned, bytes = ARGV[2], 0, 0
local found = {''}

local function read()
  if ARGV[1] == 'newest' then
    return redis.call('XREVRANGE', KEYS[1], position == '' and '+' or '(' .. position, '-', 'COUNT', perRead)
  end
  return redis.call('XRANGE', KEYS[1], position == '' and '-' or '(' .. position, ARGV[3] == '' and '+' or ARGV[3],
    'COUNT', perRead)
end

local function describe(entry)
  local fields, named = entry[2], {}
  -- The event's fields follow the four of the dead letter, and may have the same names.
  for index = 9, #fields, 2 do
    named[fields[index]] = fields[index + 1]
    bytes = bytes + #fields[index + 1]
  end
  local reason = fields[8] or ''
  local type, session = named['event_type'] or '', named['session_id'] or ''
  local matches = (ARGV[8] == '' or ARGV[8] == fields[2]) and (ARGV[9] == '' or ARGV[9] == type)
    and (ARGV[10] == '' or ARGV[10] == session)
    and (ARGV[11] == '' or string.find(string.lower(reason), ARGV[11], 1, true))
  if not matches then
    return nil
  end
  local text = named['transcript'] or ''
  return {entry[1], string.sub(fields[2] or '', 1, 256), string.sub(fields[4] or '', 1, 64), fields[6] or '0',
    string.sub(reason, 1, 2000), string.sub(type, 1, 256), string.sub(session, 1, 256),
    string.sub(named['tenant_id'] or 'default', 1, 256), string.sub(named['timestamp'] or '', 1, 64),
    named['transcript_bytes'] or #text, string.sub(text, 1, ARGV[7])}
end

while scanned < tonumber(ARGV[5]) and bytes < tonumber(ARGV[6]) do
  local entries = read()
  for _, entry in ipairs(entries) do
    if #found > tonumber(ARGV[4]) then
      found[1] = position
      return found
    end
    position, scanned = entry[1], scanned + 1
    local description = describe(entry)
    if description then
      found[#found + 1] = description
    end
  end
  if #entries < perRead then
    return found
  end
end
found[1] = position
return found
