-- Returns which generation is current, without reading it.
--
-- Input:
--   KEYS[1]  current, a set
--   KEYS[2]  current's meta, a hash
--   KEYS[3]  previous, a set
-- Output:
--   {generation or false, number of ids, a few ids at random, number of ids that there should be or false, 1 where there
--   is a previous one, else 0}
local meta = redis.call('HMGET', KEYS[2], 'generation', 'count')
return {
  meta[1],
  redis.call('SCARD', KEYS[1]),
  redis.call('SRANDMEMBER', KEYS[1], 3),
  meta[2],
  redis.call('EXISTS', KEYS[3]),
}
