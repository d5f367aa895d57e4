-- Reserves the next moment at which a request may go out, evenly spaced: GCRA whose state is the key's TTL. While the
-- upstream's own pause lasts (hold-1), nothing is reserved.
--
-- Input:
--   KEYS[1]  the pace
--   ARGV[1]  milliseconds between requests
--   ARGV[2]  milliseconds' worth of requests that may go out at once
--   ARGV[3]  longest wait in milliseconds: beyond it nothing is reserved
-- Output:
--   {'wait', milliseconds to wait}, {'late', milliseconds that it would take}, too long, or {'hold', milliseconds left}
local ahead = redis.call('PTTL', KEYS[1])
if ahead < 0 then
  ahead = 0
end
if redis.call('GET', KEYS[1]) == 'hold' then
  return {'hold', ahead}
end
local wait = ahead - tonumber(ARGV[2])
if wait < 0 then
  wait = 0
end
if wait > tonumber(ARGV[3]) then
  return {'late', wait}
end
redis.call('SET', KEYS[1], '1', 'PX', ahead + tonumber(ARGV[1]))
return {'wait', wait}
