-- Replaces the policies if their version is still the one that was read.
--
-- Input:
--   KEYS[1]  the policies, a hash {since, version, json}
--   ARGV[1]  the version that was read, '' for none
--   ARGV[2]  the new version
--   ARGV[3]  the new policies, JSON
--   ARGV[4]  TTL in ms
-- Output:
--   1, or 0 if the version is another
local version = redis.call('HGET', KEYS[1], 'version') or ''
if version ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'json', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
