-- Reads the newest ids of a session's events.
--
-- Input:
--   KEYS[1]  ids of the session's events, a list
--   ARGV[1]  maximum number of ids
-- Output:
--   the ids, oldest first
return redis.call('LRANGE', KEYS[1], -ARGV[1], -1)
