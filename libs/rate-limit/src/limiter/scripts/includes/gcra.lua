-- GCRA: a is the emission interval, b the tolerance, both in ms.
-- State: 'e<emission>' or 'e<emission>;<overshoot>', where PTTL less the overshoot is the debt in ms.
local function gcra()
  local function look(p)
    local emission, tolerance = tonumber(p.a), tonumber(p.b)
    local value, debt = redis.call('GET', p.key), 0
    if value then
      local ttl = math.max(0, redis.call('PTTL', p.key))
      if value == 'e' .. p.a then debt = ttl else debt = unitsOf(value, ttl) * emission end
    end
    p.isChanged = p.floor > debt or p.owed > 0
    debt = math.max(debt, p.floor) + p.owed * emission
    local after = debt + p.cost * emission
    p.uncharged = math.max(0, math.floor((tolerance - debt) / emission + 0.0001))
    p.unchargedReset = math.ceil(debt)
    if after > tolerance + 0.0001 and p.cost > 0 then
      p.wait, p.remaining, p.reset = math.ceil(after - tolerance), p.uncharged, p.unchargedReset
    else
      p.wait = 0
      p.remaining = math.max(0, math.floor((tolerance - after) / emission + 0.0001))
      p.reset = math.ceil(after)
    end
    p.debt, p.after = debt, after
  end

  local function writeDebt(p, debt)
    local ms = math.ceil(debt)
    if ms < 1 then return end
    local value = 'e' .. p.a
    if ms - debt > 0.000001 then value = value .. string.format(';%.9f', ms - debt) end
    redis.call('SET', p.key, value, 'PX', ms)
  end

  local function charge(p) writeDebt(p, p.after) end
  local function keep(p) writeDebt(p, p.debt) end

  return { look = look, charge = charge, keep = keep }
end
