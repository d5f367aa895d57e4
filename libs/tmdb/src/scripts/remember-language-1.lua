-- Records that movies are cached in a language, unless the maximum number of languages is reached.
--
-- Input:
--   KEYS[1]  the languages, a set
--   ARGV[1]  the language
--   ARGV[2]  TTL in seconds
--   ARGV[3]  maximum number of languages
-- Output:
--   1 if recorded, 0 if there are too many
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then
  if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[3]) then
    return 0
  end
  redis.call('SADD', KEYS[1], ARGV[1])
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
