-- Adds to a counter, which gets its TTL with the first increment. A key of another type is replaced.
--
-- Input:
--   KEYS[1]  the counter
--   ARGV[1]  the integer to add
--   ARGV[2]  TTL in milliseconds for a counter without a TTL
-- Output:
--   the new value
local sum = redis.pcall('INCRBY', KEYS[1], ARGV[1])
-- A table is an error reply. Errors that are not about the key's type, such as a full server, occur again below.
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
