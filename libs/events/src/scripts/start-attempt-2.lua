-- Records that the handler is about to be called for an entry, unless the consumer no longer owns the entry. The caller
-- passes the number of the attempt, so that a repeated call after a lost reply has no effect.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  the group's records of attempts, a hash by entry id
--   ARGV[1]  group
--   ARGV[2]  consumer
--   ARGV[3]  entry id
--   ARGV[4]  number of the attempt
-- Output:
--   1 if the attempt may start, 0 if another consumer owns the entry or it was acknowledged
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] then
  return 0
end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'JUSTID')
-- A full server rejects the record, but the event can still be handled.
redis.pcall('HSET', KEYS[2], ARGV[3], ARGV[4] .. ' started')
return 1
