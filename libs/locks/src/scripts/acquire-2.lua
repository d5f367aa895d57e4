-- Takes a free lock and draws its fencing number.
--
-- Input:
--   KEYS[1]  the lock
--   KEYS[2]  the lock's counter of fencing numbers, which never expires
--   ARGV[1]  the owner's token
--   ARGV[2]  TTL in milliseconds
-- Output:
--   {fencing number, 0}, or {0, milliseconds that the other owner's lock has left}
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return {redis.call('INCR', KEYS[2]), 0}
end
return {0, redis.call('PTTL', KEYS[1])}
