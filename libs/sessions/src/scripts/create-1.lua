-- Makes a session's metadata, unless the id is taken.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   ARGV[1]  TTL in milliseconds
--   ARGV[2…] field and value by turns
-- Output:
--   1 made, 0 taken
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
