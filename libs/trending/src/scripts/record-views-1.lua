-- Adds views to a bucket and sets its TTL.
--
-- Input:
--   KEYS[1]  the bucket, a sorted set
--   ARGV[1]  TTL in milliseconds
--   ARGV[2…] alternating counts and ids
-- Output:
--   how many ids were added
for index = 2, #ARGV, 2 do
  redis.call('ZINCRBY', KEYS[1], ARGV[index], ARGV[index + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return (#ARGV - 1) / 2
