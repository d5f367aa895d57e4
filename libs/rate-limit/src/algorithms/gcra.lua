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

  local function store(key, emission, debt)
    local ms = math.ceil(debt)
    if ms < 1 then return end
    local value = 'e' .. emission
    if ms - debt > 0.000001 then value = string.format('%s;%.9f', value, ms - debt) end
    redis.call('SET', key, value, 'PX', ms)
  end

  local function look(claim)
    local emission, debt = claim.a, 0
    local value = redis.call('GET', claim.key)
    if value then
      local ttl = redis.call('PTTL', claim.key)
      if value == 'e' .. emission then debt = math.max(0, ttl) else debt = storedUnits(value, ttl) * emission end
    end
    local restored = claim.restored
    if restored then
      claim.isChanged = restored.floor > debt or restored.owed > 0
      debt = math.max(debt, restored.floor) + restored.owed * emission
    end
    local excess = debt + claim.cost * emission - claim.b
    if excess > 0.0001 and claim.isTaken then claim.wait = math.ceil(excess) end
    claim.used = debt
  end

  local function settle(claim, isCharged)
    local emission, debt = claim.a, claim.used
    if isCharged then debt = debt + claim.cost * emission end
    if isCharged or claim.isChanged then store(claim.key, emission, debt) end
    return math.max(0, math.floor((claim.b - debt) / emission + 0.0001)), math.ceil(debt)
  end

  -- The debt has shrunk since the reservation by the time that has passed.
  local function refund(key, value, ttl, units, reservedAt)
    local emission, overshoot = parse(value)
    local back = emission and units * emission - math.max(0, now() - reservedAt) - 1 or 0
    if back <= 0 then return 0 end
    local debt = ttl - overshoot - back
    if debt > 0 then store(key, emission, debt) else redis.call('UNLINK', key) end
    return 1
  end

  local function unitsOf(value, ttl)
    local emission, overshoot = parse(value)
    return emission and math.max(0, ttl - overshoot) / emission
  end

  algorithm = { look = look, settle = settle, refund = refund, unitsOf = unitsOf }
end
