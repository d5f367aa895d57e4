-- Fixed window and calendar quota: a is the quota, b the window in ms or the calendar's period (UTC).
-- State: the number of units in use, with the rest of the window as its TTL.
local function fixedWindow()
  local function msLeftOf(period)
    local day = 86400000
    local ms = now()
    if period == 'minute' then return 60000 - ms % 60000 end
    if period == 'hour' then return 3600000 - ms % 3600000 end
    if period == 'day' then return day - ms % day end
    local days = math.floor(ms / day)
    -- The epoch was a Thursday; weeks begin on Monday.
    if period == 'week' then return (7 - (days + 3) % 7) * day - ms % day end
    -- Days to civil month and back: howardhinnant.github.io/date_algorithms.html
    local z = days + 719468
    local era = math.floor(z / 146097)
    local doe = z - era * 146097
    local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
    local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
    local month = math.floor((5 * doy + 2) / 153)
    local nextMonth = month + 1
    local year = era * 400 + yoe
    if nextMonth == 12 then nextMonth, year = 0, year + 1 end
    local nextEra = math.floor(year / 400)
    local nextYoe = year - nextEra * 400
    local first = math.floor((153 * nextMonth + 2) / 5)
    local nextDays = nextEra * 146097 + nextYoe * 365 + math.floor(nextYoe / 4) - math.floor(nextYoe / 100) + first - 719468
    return nextDays * day - ms
  end

  local function look(p)
    local quota = tonumber(p.a)
    local window = p.kind == 'c' and math.ceil(msLeftOf(p.b)) or tonumber(p.b)
    local value = redis.call('GET', p.key)
    local used, ttl = 0, window
    if value then
      ttl = redis.call('PTTL', p.key)
      used = math.ceil(unitsOf(value, ttl))
      if ttl < 1 or ttl > window then ttl = window end
    elseif p.floor > 0 and p.left >= 1 then
      ttl = math.min(window, math.ceil(p.left))
    end
    p.isChanged = (p.floor > used and p.left >= 1) or p.owed > 0
    if p.left >= 1 then used = math.max(used, p.floor) end
    used = used + p.owed
    local after = used + p.cost
    p.uncharged, p.unchargedReset = math.max(0, quota - used), used > 0 and ttl or 0
    if after > quota and p.cost > 0 then
      p.wait, p.remaining, p.reset = ttl, p.uncharged, p.unchargedReset
    else
      p.wait, p.remaining, p.reset = 0, math.max(0, quota - after), after > 0 and ttl or 0
    end
    p.used, p.ttl = used, ttl
  end

  local function writeUnits(p, units)
    if units > 0 then redis.call('SET', p.key, units, 'PX', p.ttl) end
  end

  local function charge(p) writeUnits(p, p.used + p.cost) end
  local function keep(p) writeUnits(p, p.used) end

  return { look = look, charge = charge, keep = keep }
end
