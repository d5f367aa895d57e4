-- Trims the stream to its limits. Keeps entries that a consumer group has not acknowledged, unless the stream exceeds a
-- hard limit on its length or its memory.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  the registry of unhandled completions, a hash
--   ARGV[1]  maximum number of entries
--   ARGV[2]  hard limit on the number of entries
--   ARGV[3]  oldest time to keep, in milliseconds since the epoch; 0 for no limit
--   ARGV[4]  hard limit on the memory of the stream in bytes
-- Output:
--   {number of trimmed entries, number of those that some group had not acknowledged}

--- @include "publish"
--- @include "stream-ids"

local stream = streamFunctions()
local trimmed, unread = stream.keepWithin(KEYS[1], KEYS[2], tonumber(ARGV[4]))
local length = redis.call('XLEN', KEYS[1])
if length > tonumber(ARGV[2]) then
  local groups = stream.consumerGroups(KEYS[1])
  local excess = redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', ARGV[2])
  return {trimmed + excess, unread + stream.countUnread(KEYS[1], KEYS[2], groups, excess)}
end

-- The oldest id to keep, by number of entries and by age.
local cut
local excess = length - tonumber(ARGV[1])
if excess > 0 then
  -- A limited number at a time, because the entries are read.
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', math.min(excess, 250) + 1)
  cut = first[#first][1]
end
if tonumber(ARGV[3]) > 0 then
  local byAge = ARGV[3] .. '-0'
  if not cut or isOlder(cut, byAge) then
    cut = byAge
  end
end
if not cut then
  return {trimmed, unread}
end
for _, group in ipairs(stream.consumerGroups(KEYS[1])) do
  local safe = group['last-delivered-id']
  if group['pending'] > 0 then
    safe = redis.call('XPENDING', KEYS[1], group['name'])[2]
  end
  if isOlder(safe, cut) then
    cut = safe
  end
end
return {trimmed + redis.call('XTRIM', KEYS[1], 'MINID', cut), unread}
