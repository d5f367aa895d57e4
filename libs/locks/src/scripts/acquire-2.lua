-- Acquires a free lock and issues its fencing token.
--
-- Input:
--   KEYS[1]  lock
--   KEYS[2]  counter of the lock's fencing tokens, which never expires
--   ARGV[1]  the owner's token
--   ARGV[2]  TTL in milliseconds
-- Output:
--   {fencing token, 0}, or {0, remaining TTL of the other owner's lock in milliseconds}
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return {redis.call('INCR', KEYS[2]), 0}
end
return {0, redis.call('PTTL', KEYS[1])}
