-- The event of a completion was told: it is owed no more, and the transcript may go.
--
-- Input:
--   KEYS[1]  metadata, a hash
--   KEYS[2]  transcript, a list
--   ARGV[1]  '1' to delete the transcript
-- Output:
--   1 it was owed, 0 it was not
if ARGV[1] == '1' then
  redis.call('UNLINK', KEYS[2])
end
return redis.call('HDEL', KEYS[1], 'event_owed')
