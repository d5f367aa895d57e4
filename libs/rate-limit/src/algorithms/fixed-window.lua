-- Fixed window: the window starts with a client's first request and ends for all of its requests at once.
--   b       window, in ms
if kind == 'f' then
  local windowLeft = tonumber
  --- @include "counter"
end
