local readMs
-- Returns the time by Redis's clock in whole milliseconds, the same throughout a script.
local function now()
  if not readMs then
    local t = redis.call('TIME')
    readMs = t[1] * 1000 + math.floor(t[2] / 1000)
  end
  return readMs
end
