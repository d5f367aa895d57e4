local readMs
-- Returns Redis's time in whole milliseconds. It does not change while a script runs.
local function now()
  if not readMs then
    local t = redis.call('TIME')
    readMs = t[1] * 1000 + math.floor(t[2] / 1000)
  end
  return readMs
end
