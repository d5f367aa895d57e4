-- A function for scripts that publish an event of a session.

-- Keeps the id of a session's event for listeners that come back. '0-0' in front: no older one was dropped.
local function rememberEvent(events, id, isFirst, ttlMs)
  local length
  if isFirst then
    length = redis.call('RPUSH', events, '0-0', id)
  else
    length = redis.call('RPUSH', events, id)
  end
  if length > 1100 then
    redis.call('LTRIM', events, -1000, -1)
  end
  redis.call('PEXPIRE', events, ttlMs)
end
