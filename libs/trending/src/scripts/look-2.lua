-- Tells which generation is current, without reading it.
--
-- Input:
--   KEYS[1]  current, a set
--   KEYS[2]  current's meta, a hash
-- Output:
--   {generation or false, number of ids, a few ids at random}
return {redis.call('HGET', KEYS[2], 'generation'), redis.call('SCARD', KEYS[1]), redis.call('SRANDMEMBER', KEYS[1], 3)}
