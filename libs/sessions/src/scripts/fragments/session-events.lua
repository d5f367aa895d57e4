-- Adds an event's id to the list of the session's events, which reconnecting listeners read. A leading '0-0' means that no
-- older id was dropped from the list.
local function addSessionEvent(events, id, isFirst, ttlMs)
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
