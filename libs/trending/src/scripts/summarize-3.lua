-- Describes the current generation without reading it whole.
--
-- Input:
--   KEYS[1]  current, a set
--   KEYS[2]  current's meta, a hash
--   KEYS[3]  previous, a set
-- Output:
--   {generation or false, number of ids, a few random ids, expected number of ids or false, 1 if a previous generation
--   exists, 0 otherwise}
local meta = redis.call('HMGET', KEYS[2], 'generation', 'count')
return {
  meta[1],
  redis.call('SCARD', KEYS[1]),
  redis.call('SRANDMEMBER', KEYS[1], 3),
  meta[2],
  redis.call('EXISTS', KEYS[3]),
}
