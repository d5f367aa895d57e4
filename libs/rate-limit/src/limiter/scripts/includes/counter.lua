-- Fixed windows and calendar quotas count units in one number, whose TTL is the rest of the window. windowLeft(b) returns the
-- maximum rest of the window in ms, or nil if the argument does not fit the time.
--   a       quota
--   floor   units
-- State: the number of units. Other programs' plain counters (INCR, EXPIRE) have the same format.
if name == 'decide' then
  return function(key, cost, quota, b, restored)
    local window = windowLeft(b)
    if not window then return end
    local value, used, ttl, wait, isChanged = redis.call('GET', key), 0, window, 0, false
    if value then
      ttl = redis.call('PTTL', key)
      used = math.ceil(functionOf(nil, 'storedUnits')(value, ttl))
      if ttl < 1 or ttl > window then ttl = window end
    end
    if restored then
      local floor = restored.left >= 1 and restored.floor or 0
      if floor > 0 and not value then ttl = math.min(window, math.ceil(restored.left)) end
      isChanged = floor > used or restored.owed > 0
      used = math.max(used, floor) + restored.owed
    end
    if cost ~= '0' then
      if used + cost - quota > 0 then wait = ttl else used, isChanged = used + cost, true end
    end
    return wait, math.max(0, quota - used), used > 0 and ttl or 0, isChanged and used or nil, ttl
  end
end

-- A later window than that of the reservation owes nothing. The argument is when that one ends, by Redis's clock in ms.
if name == 'refund' then
  return function(key, value, ttl, units, _, ends)
    if not tonumber(value) or math.abs(now() + ttl - ends) >= 3 then return 0 end
    redis.call('SET', key, math.max(0, value - units), 'PX', ttl)
    return 1
  end
end

if name == 'unitsOf' then return function(value) return tonumber(value) end end
