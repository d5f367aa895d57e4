-- Records that an entry's handler is about to be called, unless another consumer owns the entry by now. The count is
-- given, not raised, so that a second call after a lost reply changes nothing.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  the group's record of attempts, a hash
--   ARGV[1]  group
--   ARGV[2]  consumer
--   ARGV[3]  the entry's id
--   ARGV[4]  the attempt's number
-- Output:
--   1 started, 0 another consumer owns it, or it was acknowledged
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] then
  return 0
end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'JUSTID')
-- A full server takes no record. The event is handled all the same.
redis.pcall('HSET', KEYS[2], ARGV[3], ARGV[4] .. ' started')
return 1
