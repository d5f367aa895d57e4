-- Whether a value is the packed state of a sliding window.
local function isPacked(value) return string.byte(value) == 115 and #value > 13 and #value % 12 == 1 end

-- Returns the units in use by a state that another algorithm, another rate or another program left behind.
local function unitsOf(value, ttl)
  if isPacked(value) then return (struct.unpack('<I6', value, 2)) end
  local emission, overshoot = string.match(value, '^e([%d.e+-]+);?([%d.e+-]*)$')
  if emission then return math.max(0, ttl - (tonumber(overshoot) or 0)) / tonumber(emission) end
  return tonumber(value) or 0
end
