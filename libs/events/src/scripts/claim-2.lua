-- Claims entries that the consumers of a group have not acknowledged for a while. This does not count as a delivery or an
-- attempt, since the handler was not called.
--
-- Input:
--   KEYS[1]  the stream
--   KEYS[2]  the group's records of attempts, a hash by entry id
--   ARGV[1]  group
--   ARGV[2]  consumer
--   ARGV[3]  minimum idle time in milliseconds
--   ARGV[4]  maximum number of entries
-- Output:
--   {id, record of attempts or '', 1 if the entry exists or 0 if it was trimmed, …}, three elements per entry
local claimed = {}
local idle = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], '-', '+', ARGV[4])
for _, pending in ipairs(idle) do
  local id = pending[1]
  -- For an entry that was trimmed, XCLAIM returns nothing and removes it from the pending entries.
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
