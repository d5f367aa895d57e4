-- Stores a value unless one of the same length is there: the first write wins, a broken value is replaced.
--
-- Input:
--   KEYS[1]  the key
--   ARGV[1]  the value's bytes
--   ARGV[2]  TTL in milliseconds
--   ARGV[3]  '1' to replace whatever is there
-- Output:
--   1 stored, 0 kept what was there
if ARGV[3] ~= '1' then
  local length = redis.pcall('STRLEN', KEYS[1])
  -- A table is the error reply for a key of another type: SET replaces that too.
  if type(length) == 'number' and length == #ARGV[1] then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
