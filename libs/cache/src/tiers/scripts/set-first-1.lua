-- Stores a value unless the key holds one of the same length: the first write wins, and a broken value is replaced.
--
-- Input:
--   KEYS[1]  the key
--   ARGV[1]  the value's bytes
--   ARGV[2]  TTL in milliseconds
--   ARGV[3]  '1' to replace any value
-- Output:
--   1 if the value was stored, 0 if the existing value was kept
if ARGV[3] ~= '1' then
  local length = redis.pcall('STRLEN', KEYS[1])
  -- A table is the error reply for a key of another type, which SET replaces as well.
  if type(length) == 'number' and length == #ARGV[1] then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
