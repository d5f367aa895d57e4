-- Reserves the next time slot for a request: GCRA whose state is the key's TTL. Reserves nothing during a pause that the
-- upstream requested (hold-1).
--
-- Input:
--   KEYS[1]  the pace
--   ARGV[1]  milliseconds between requests
--   ARGV[2]  burst in milliseconds
--   ARGV[3]  maximum wait in milliseconds; beyond it, nothing is reserved
-- Output:
--   {'wait', milliseconds to wait}, {'late', wait in milliseconds that exceeds the maximum} or {'hold', remaining
--   milliseconds}
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
