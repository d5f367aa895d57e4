-- Fixed windows and calendar quotas count units in one number, whose TTL is the rest of the window. windowLeft(b) returns the
-- maximum rest of the window in ms, or nil if the argument does not fit the time.
--   a       quota
--   floor   units
-- State: the number of units. Other programs' plain counters (INCR, EXPIRE) have the same format.
local function look(claim)
  local window = windowLeft(claim.b)
  if not window then return false end
  local value, used, ttl = redis.call('GET', claim.key), 0, window
  if value then
    ttl = redis.call('PTTL', claim.key)
    used = math.ceil(storedUnits(value, ttl))
    if ttl < 1 or ttl > window then ttl = window end
  end
  local restored = claim.restored
  if restored then
    local floor = restored.left >= 1 and restored.floor or 0
    if floor > 0 and not value then ttl = math.min(window, math.ceil(restored.left)) end
    claim.isChanged = floor > used or restored.owed > 0
    used = math.max(used, floor) + restored.owed
  end
  claim.used, claim.state = used, ttl
  if used + claim.cost - claim.a > 0 and claim.isTaken then claim.wait = ttl end
end

local function settle(claim, isCharged)
  local used, ttl = claim.used, claim.state
  if isCharged then used = used + claim.cost end
  if used == 0 then return tonumber(claim.a), 0 end
  if isCharged or claim.isChanged then redis.call('SET', claim.key, used, 'PX', ttl) end
  return math.max(0, claim.a - used), ttl
end

-- A later window than that of the reservation owes nothing. The argument is when that one ends, by Redis's clock in ms.
local function refund(key, value, ttl, units, _, ends)
  if not tonumber(value) or math.abs(now() + ttl - ends) >= 3 then return 0 end
  redis.call('SET', key, math.max(0, value - units), 'PX', ttl)
  return 1
end

algorithm = { look = look, settle = settle, refund = refund, unitsOf = function(value) return tonumber(value) end }
