-- Counts the completions whose events were not yet handled by every consumer group.
--
-- Input:
--   KEYS[1]  the registry of unhandled completions, a hash
-- Output:
--   the number of completions, without the registry's own field `:dropped`
return redis.call('HLEN', KEYS[1]) - redis.call('HEXISTS', KEYS[1], ':dropped')
