-- Reads the whole current generation.
--
-- Input:
--   KEYS[1]  current, a set
--   KEYS[2]  current's ranking
--   KEYS[3]  current's meta, a hash
-- Output:
--   {generation, source, time in ms, number of ids, ranking: comma-separated ids}, or, if there is no set or another
--   program wrote only the set, {false, false, false, number of ids, false, the ids}
local meta = redis.call('HMGET', KEYS[3], 'generation', 'source', 'updated_at_ms', 'count')
local count = redis.call('SCARD', KEYS[1])
local ranking = redis.call('GET', KEYS[2])
if count == 0 and meta[4] == '0' then
  return {meta[1], meta[2], meta[3], 0, ''}
end
if ranking and tonumber(meta[4]) == count then
  local first = string.match(ranking, '^[^,]+')
  local last = string.match(ranking, '[^,]+$')
  if redis.call('SISMEMBER', KEYS[1], first) == 1 and redis.call('SISMEMBER', KEYS[1], last) == 1 then
    return {meta[1], meta[2], meta[3], count, ranking}
  end
end
return {false, false, false, count, false, redis.call('SMEMBERS', KEYS[1])}
