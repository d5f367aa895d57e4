-- Adds to a counter whose life begins with its first increment. A key of another type is replaced.
--
-- Input:
--   KEYS[1]  the counter
--   ARGV[1]  what to add, a whole number
--   ARGV[2]  TTL in milliseconds, for a counter that has none
-- Output:
--   the sum
local sum = redis.pcall('INCRBY', KEYS[1], ARGV[1])
-- A table is an error reply. Whatever is not about the key's type, such as a full server, fails the second time too.
if type(sum) == 'table' then
  local kind = redis.call('TYPE', KEYS[1]).ok
  if kind ~= 'string' and kind ~= 'none' then
    redis.call('DEL', KEYS[1])
  end
  sum = redis.call('INCRBY', KEYS[1], ARGV[1])
end
if redis.call('PTTL', KEYS[1]) == -1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return sum
