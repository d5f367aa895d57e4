-- Trims the stream to its bounds, but by nothing that a consumer group has not acknowledged, unless it is far too long.
--
-- Input:
--   KEYS[1]  the stream
--   ARGV[1]  entries to keep
--   ARGV[2]  entries beyond which also what nobody has read is trimmed
--   ARGV[3]  oldest time to keep, in milliseconds; 0 for any
-- Output:
--   {entries trimmed, of these what some group had not acknowledged}
local function parts(id)
  local ms, number = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(number)
end
local function older(a, b)
  local aMs, aNumber = parts(a)
  local bMs, bNumber = parts(b)
  return aMs < bMs or (aMs == bMs and aNumber < bNumber)
end

local length = redis.call('XLEN', KEYS[1])
local tooLong = length - tonumber(ARGV[2])
if tooLong > 0 then
  return {redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', ARGV[2]), 1}
end

-- The id before which everything may go, by number and by age.
local cut
local excess = length - tonumber(ARGV[1])
if excess > 0 then
  -- A few at a time: they are read, and a transcript may have megabytes.
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', math.min(excess, 250) + 1)
  cut = first[#first][1]
end
if tonumber(ARGV[3]) > 0 then
  local byAge = ARGV[3] .. '-0'
  if not cut or older(cut, byAge) then
    cut = byAge
  end
end
if not cut then
  return {0, 0}
end
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local named = {}
  for index = 1, #group, 2 do
    named[group[index]] = group[index + 1]
  end
  local safe = named['last-delivered-id']
  if named['pending'] > 0 then
    safe = redis.call('XPENDING', KEYS[1], named['name'])[2]
  end
  if older(safe, cut) then
    cut = safe
  end
end
return {redis.call('XTRIM', KEYS[1], 'MINID', cut), 0}
