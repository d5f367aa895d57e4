-- Puts an entry that cannot be handled aside, with the reason, and acknowledges it: both or neither.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  the stream of dead letters
--   KEYS[3]  reasons of failures by id, a hash
--   ARGV[1]  group
--   ARGV[2]  the entry's id
--   ARGV[3]  how often it was delivered
--   ARGV[4]  most dead letters to keep
-- Output:
--   1 put aside, 0 it was acknowledged already, or is no more
-- Another consumer may have been faster.
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then
  return 0
end
local entry = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
local reason = redis.call('HGET', KEYS[3], ARGV[2]) or 'its consumers ended while they handled it'
if entry then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', 'group', ARGV[1], 'id', ARGV[2], 'deliveries', ARGV[3],
    'reason', reason, unpack(entry[2]))
end
redis.call('HDEL', KEYS[3], ARGV[2])
return entry and 1 or 0
