-- Ranks the viewed movies across all buckets; newer buckets weigh more.
--
-- Input:
--   KEYS[1]    temporary key for the sum; deleted afterwards
--   KEYS[2…57] the buckets, newest first
--   ARGV[1]    how many ids to return
--   ARGV[2…57] the buckets' weights
-- Output:
--   the ids, most viewed first
local arguments = {'ZUNIONSTORE', KEYS[1], #KEYS - 1}
for index = 2, #KEYS do
  arguments[#arguments + 1] = KEYS[index]
end
arguments[#arguments + 1] = 'WEIGHTS'
for index = 2, #ARGV do
  arguments[#arguments + 1] = ARGV[index]
end
redis.call(unpack(arguments))
local ids = redis.call('ZREVRANGE', KEYS[1], 0, ARGV[1] - 1)
redis.call('UNLINK', KEYS[1])
return ids
