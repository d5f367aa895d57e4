-- Takes over what the consumers of a group have not acknowledged for a while. Neither Redis's count of deliveries nor the
-- group's record of attempts is raised: that takes a call of the handler.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  the group's record of attempts, a hash
--   ARGV[1]  group
--   ARGV[2]  consumer
--   ARGV[3]  idle time in milliseconds
--   ARGV[4]  entries at most
-- Output:
--   in turn: id, its record ('' if there is none), 1 if the entry exists or 0 if it was trimmed
local claimed = {}
local idle = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], '-', '+', ARGV[4])
for _, pending in ipairs(idle) do
  local id = pending[1]
  -- Claiming an entry that is no longer in the stream removes it from the pending entries.
  local owned = #redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], id, 'JUSTID')
  local record = redis.call('HGET', KEYS[2], id)
  if owned == 0 then
    redis.call('HDEL', KEYS[2], id)
  end
  table.insert(claimed, id)
  table.insert(claimed, record or '')
  table.insert(claimed, owned)
end
return claimed
