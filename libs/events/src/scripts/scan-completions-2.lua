-- Scans the registry of unhandled completions and determines the state of each completion's event.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  the registry of unhandled completions, a hash
--   ARGV[1]  cursor, 0 to start
--   ARGV[2]  approximate number of completions
-- Output:
--   {next cursor, session id, registry entry as JSON, state, …}; the state is 'handled' if every group has acknowledged the
--   event, 'dropped' if it left the stream before that, 'dead' if it is a dead letter, and 'waiting' otherwise

--- @include "publish"
--- @include "stream-ids"

local groups = streamFunctions().consumerGroups(KEYS[1])
local dropped = redis.call('HGET', KEYS[2], ':dropped')

local function stateOf(id, isDead)
  if isDead then
    return 'dead'
  end
  local exists = #redis.call('XRANGE', KEYS[1], id, id) == 1
  if not exists and dropped and isOlder(id, dropped) then
    return 'dropped'
  end
  for _, group in ipairs(groups) do
    local isHandled = not isOlder(group['last-delivered-id'], id)
      and #redis.call('XPENDING', KEYS[1], group['name'], id, id, 1) == 0
    if not isHandled then
      return exists and 'waiting' or 'dropped'
    end
  end
  return 'handled'
end

local scanned = redis.call('HSCAN', KEYS[2], ARGV[1], 'COUNT', ARGV[2])
local found = {scanned[1]}
for index = 1, #scanned[2], 2 do
  local session, note = scanned[2][index], scanned[2][index + 1]
  if session ~= ':dropped' then
    local decoded = cjson.decode(note)
    found[#found + 1] = session
    found[#found + 1] = note
    found[#found + 1] = stateOf(decoded[1], decoded[6])
  end
end
return found
