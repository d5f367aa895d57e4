-- Counts views in a bucket that expires.
--
-- Input:
--   KEYS[1]  the bucket, a sorted set
--   ARGV[1]  TTL in milliseconds
--   ARGV[2…] count and id by turns
-- Output:
--   how many ids were counted
for index = 2, #ARGV, 2 do
  redis.call('ZINCRBY', KEYS[1], ARGV[index], ARGV[index + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return (#ARGV - 1) / 2
