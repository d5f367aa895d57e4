-- Calendar quota: the window is a period of the calendar.
--   b       boundaries of successive periods, by Redis's clock in ms, separated by spaces
if kind == 'c' then
  local function windowLeft(boundaries)
    local hasStarted = false
    for boundary in string.gmatch(boundaries, '%d+') do
      local left = boundary - now()
      if left > 0 then return hasStarted and left or nil end
      hasStarted = true
    end
  end
  --- @include "counter"
end
