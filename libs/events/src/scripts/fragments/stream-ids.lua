-- Returns the two numbers of a stream id.
local function idParts(id)
  local ms, number = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(number)
end

-- Returns whether the stream id `a` is older than `b`.
local function isOlder(a, b)
  local aMs, aNumber = idParts(a)
  local bMs, bNumber = idParts(b)
  return aMs < bMs or (aMs == bMs and aNumber < bNumber)
end
