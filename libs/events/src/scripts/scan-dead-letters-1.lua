-- Looks for dead letters, and returns what an operator needs of each: texts are cut.
--
-- Input:
--   KEYS[1]  the stream of dead letters
--   ARGV[1]  'newest' or 'oldest': which come first
--   ARGV[2]  id to continue after, '' to begin
--   ARGV[3]  id of the last one to look at, where the oldest come first; '' for all
--   ARGV[4]  dead letters to return at most
--   ARGV[5]  dead letters to look at at most
--   ARGV[6]  bytes to look at, about at most
--   ARGV[7]  bytes of the transcript to return at most
--   ARGV[8]  group, ARGV[9] type, ARGV[10] session id, ARGV[11] part of the reason in lower case: each '' for any
-- Output:
--   {id to continue after ('' at the end), {id, group, event id, attempts, reason, type, session id, tenant id,
--   timestamp, bytes of the transcript, its beginning}, …}
local perRead = 4
local position, looked, bytes = ARGV[2], 0, 0
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
  -- The dead letter's own fields come first: the event may have others of the same name.
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

while looked < tonumber(ARGV[5]) and bytes < tonumber(ARGV[6]) do
  local entries = read()
  for _, entry in ipairs(entries) do
    if #found > tonumber(ARGV[4]) then
      found[1] = position
      return found
    end
    position, looked = entry[1], looked + 1
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
