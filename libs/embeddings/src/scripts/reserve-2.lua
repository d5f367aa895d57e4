-- Charges a stored vector to the account of its tenant unless the quota would be exceeded. Removes expired vectors from the
-- account first.
--
-- Input:
--   KEYS[1]  the tenant's vectors by expiration time in ms, a sorted set
--   KEYS[2]  the bytes of each vector, a hash; '#total' is the sum
--   ARGV[1]  id
--   ARGV[2]  bytes
--   ARGV[3]  TTL in milliseconds
--   ARGV[4]  the tenant's quota in bytes
-- Output:
--   {'reserved' or 'full', stored bytes, number of stored vectors}; if full, the bytes exclude those of the id itself
local function remove(id)
  local bytes = redis.call('HGET', KEYS[2], id)
  if bytes then
    redis.call('HDEL', KEYS[2], id)
    redis.call('HINCRBY', KEYS[2], '#total', -bytes)
  end
  redis.call('ZREM', KEYS[1], id)
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1000)) do
  remove(id)
end
local own = tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or 0)
local held = tonumber(redis.call('HGET', KEYS[2], '#total') or 0) - own
if held + tonumber(ARGV[2]) > tonumber(ARGV[4]) then
  return {'full', held, redis.call('ZCARD', KEYS[1])}
end
remove(ARGV[1])
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HINCRBY', KEYS[2], '#total', ARGV[2])
-- Both keys expire with the last vector.
local life = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[3]))
redis.call('PEXPIRE', KEYS[1], life)
redis.call('PEXPIRE', KEYS[2], life)
return {'reserved', held + tonumber(ARGV[2]), redis.call('ZCARD', KEYS[1])}
