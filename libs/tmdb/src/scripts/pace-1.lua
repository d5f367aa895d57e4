-- Reserves the next moment at which a request may go out, evenly spaced: GCRA whose state is the key's TTL.
--
-- Input:
--   KEYS[1]  the pace
--   ARGV[1]  milliseconds between requests
--   ARGV[2]  milliseconds' worth of requests that may go out at once
--   ARGV[3]  longest wait in milliseconds: beyond it nothing is reserved
-- Output:
--   milliseconds to wait; -1 where that would be too long
local ahead = redis.call('PTTL', KEYS[1])
if ahead < 0 then
  ahead = 0
end
local wait = ahead - tonumber(ARGV[2])
if wait < 0 then
  wait = 0
end
if wait > tonumber(ARGV[3]) then
  return -1
end
redis.call('SET', KEYS[1], '1', 'PX', ahead + tonumber(ARGV[1]))
return wait
