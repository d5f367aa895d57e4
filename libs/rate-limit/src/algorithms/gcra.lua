-- GCRA, the generic cell rate algorithm: every unit adds to a debt, which time pays off.
--   a       emission interval: the debt of one unit, in ms
--   b       tolerance: the maximum debt, in ms
--   floor   a debt, in ms
-- State: 'e<a>' or 'e<a>;<overshoot>'. The debt in ms is the key's PTTL minus the overshoot.
if kind == 'g' then
  local function parse(value)
    local emission, overshoot = string.match(value, '^e([%d.e+-]+);?([%d.e+-]*)$')
    return emission, tonumber(overshoot) or 0
  end

  -- Returns the state of a debt, and its TTL; nothing for no debt.
  local function stateOf(emission, debt)
    local ms = math.ceil(debt)
    if ms < 1 then return end
    local value = 'e' .. emission
    if ms - debt > 0.000001 then value = string.format('%s;%.9f', value, ms - debt) end
    return value, ms
  end

  if name == 'decide' then
    return function(key, cost, emission, tolerance, restored)
      local value, debt, wait, isChanged = redis.call('GET', key), 0, 0, false
      if value then
        local ttl = redis.call('PTTL', key)
        if value == 'e' .. emission then
          debt = math.max(0, ttl)
        else
          local ofEmission, overshoot = parse(value)
          debt = ofEmission == emission and math.max(0, ttl - overshoot) or functionOf(nil, 'storedUnits')(value, ttl) * emission
        end
      end
      if restored then
        isChanged = restored.floor > debt or restored.owed > 0
        debt = math.max(debt, restored.floor) + restored.owed * emission
      end
      if cost ~= '0' then
        local after = debt + cost * emission
        local excess = after - tolerance
        if excess > 0.0001 then wait = math.ceil(excess) else debt, isChanged = after, true end
      end
      local state, ttl
      if isChanged then state, ttl = stateOf(emission, debt) end
      return wait, math.max(0, math.floor((tolerance - debt) / emission + 0.0001)), math.ceil(debt), state, ttl
    end
  end

  -- The debt has shrunk since the reservation by the time that has passed.
  if name == 'refund' then
    return function(key, value, ttl, units, reservedAt)
      local emission, overshoot = parse(value)
      local back = emission and units * emission - math.max(0, now() - reservedAt) - 1 or 0
      if back <= 0 then return 0 end
      local state, life = stateOf(emission, ttl - overshoot - back)
      if state then redis.call('SET', key, state, 'PX', life) else redis.call('UNLINK', key) end
      return 1
    end
  end

  if name == 'unitsOf' then
    return function(value, ttl)
      local emission, overshoot = parse(value)
      return emission and math.max(0, ttl - overshoot) / emission
    end
  end
end
