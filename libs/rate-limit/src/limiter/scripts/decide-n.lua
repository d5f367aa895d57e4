-- Decides on a request by all of its policies at once: every policy is looked at first, then all are charged or none.
-- The clock is Redis's. What is written expires by itself, in the same command.
--
-- Input:
--   KEYS[i]   the state of policy i for its client, all in one slot
--   ARGV[1]   sum of: 1 to restore what a lost server knew, 2 to be told the time
--   then four arguments a policy:
--     kind    g GCRA, f fixed window, c calendar quota, l leases; upper case: shadow, never refuses
--     cost    in units, 0 to look only; of leases the id of the new one, '' to look only
--     a       g: emission interval in ms; else the quota
--     b       g: tolerance in ms; f: window in ms; c: minute, hour, day, week or month (UTC); l: life of a lease in ms
--   then, to restore, three arguments a policy (leases: not looked at):
--     floor   what is known to be used at least: g ms of debt, f and c units
--     left    f, c: ms left of the window that the floor is of
--     owed    units admitted meanwhile, without Redis
-- Output:
--   {1 or 0, then a policy: ms to wait or 0, units remaining, ms until all are back; at last the time in ms if asked for}
--
-- State: g 'e<emission>' or 'e<emission>;<overshoot>', where PTTL less the overshoot is the debt (GCRA with its state in
-- the TTL); f and c the number of units used; l a sorted set of lease ids by their end. Whatever stood there under
-- another rate or algorithm is kept in units.

-- The usual case, first for its speed: GCRA policies that are enforced, nothing to restore, states of their own rates.
local function decideOnGcras(n)
  local debts, owns, reply, allowed = {}, {}, {1}, 1
  for i = 1, n do
    local at = 4 * i - 2
    if ARGV[at] ~= 'g' then return end
    local value, own, debt = redis.call('GET', KEYS[i]), 'e' .. ARGV[at + 2], 0
    if value then
      local overshoot = value == own and 0 or string.sub(value, 1, #own + 1) == own .. ';' and tonumber(string.sub(value, #own + 2))
      if not overshoot then return end
      debt = redis.call('PTTL', KEYS[i]) - overshoot
      if debt < 0 then debt = 0 end
    end
    debts[i], owns[i] = debt, own
    local wait = debt + ARGV[at + 1] * ARGV[at + 2] - ARGV[at + 3]
    if wait > 0.0001 and ARGV[at + 1] ~= '0' then
      allowed = 0
      reply[3 * i - 1] = math.ceil(wait)
    else
      reply[3 * i - 1] = 0
    end
  end
  reply[1] = allowed
  for i = 1, n do
    local at = 4 * i - 2
    local emission, debt = ARGV[at + 2], debts[i]
    if allowed == 1 and ARGV[at + 1] ~= '0' then
      debt = debt + ARGV[at + 1] * emission
      local ms = math.ceil(debt)
      local own = owns[i]
      if ms - debt > 0.000001 then own = string.format('%s;%.9f', own, ms - debt) end
      redis.call('SET', KEYS[i], own, 'PX', ms)
    end
    reply[3 * i] = math.max(0, math.floor((ARGV[at + 3] - debt) / emission + 0.0001))
    reply[3 * i + 1] = math.ceil(debt)
  end
  return reply
end

if ARGV[1] == '0' then
  local reply = decideOnGcras(#KEYS)
  if reply then return reply end
end

local now
local function time()
  if not now then
    local t = redis.call('TIME')
    now = t[1] * 1000 + t[2] / 1000
  end
  return now
end

local function msLeftOf(period)
  local day = 86400000
  local ms = time()
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

-- Of a state that is not the policy's own usual: units used, and ms of its life left.
local function unitsOf(value, ttl)
  local emission, overshoot = string.match(value, '^e([%d.e+-]+);?([%d.e+-]*)$')
  if emission then return math.max(0, ttl - (tonumber(overshoot) or 0)) / tonumber(emission) end
  return tonumber(value) or 0
end

local flags = tonumber(ARGV[1])
local restores = flags % 2 == 1
local n = #KEYS
local allowed = 1
local reply, values, lives = {1}, {}, {}
-- What is told of a policy that would have allowed a request that another refused.
local uncharged = {}

for i = 1, n do
  local at = 4 * i - 2
  local kind, cost, a, b = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 3]
  local lower = string.lower(kind)
  local key = KEYS[i]
  local wait, remaining, reset = 0, 0, 0
  local floor, left, owed = 0, 0, 0
  if restores then
    local from = 1 + 4 * n + 3 * (i - 1)
    floor, left, owed = tonumber(ARGV[from + 1]), tonumber(ARGV[from + 2]), tonumber(ARGV[from + 3])
  end

  if lower == 'g' then
    local tolerance = tonumber(b)
    local value = redis.call('GET', key)
    local debt = 0
    if value then
      local ttl = math.max(0, redis.call('PTTL', key))
      if value == 'e' .. ARGV[at + 2] then debt = ttl else debt = unitsOf(value, ttl) * a end
    end
    local restored = floor > debt or owed > 0
    debt = math.max(debt, floor) + owed * a
    local after = debt + cost * a
    if after > tolerance + 0.0001 and cost ~= '0' then
      wait = math.ceil(after - tolerance)
      remaining = math.max(0, math.floor((tolerance - debt) / a + 0.0001))
      reset = math.ceil(debt)
      after = restored and debt or 0
    else
      remaining = math.max(0, math.floor((tolerance - after) / a + 0.0001))
      reset = math.ceil(after)
      if cost == '0' and not restored then after = 0 end
    end
    uncharged[i] = {math.max(0, math.floor((tolerance - debt) / a + 0.0001)), math.ceil(debt)}
    values[i] = {after, restored and debt or 0}
  elseif lower == 'l' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', time())
    local held = redis.call('ZCARD', key)
    if cost ~= '' and held >= a then wait = 1000 end
    local taken = cost ~= '' and wait == 0 and 1 or 0
    remaining = math.max(0, a - held - taken)
    if held + taken > 0 then reset = tonumber(b) end
    uncharged[i] = {math.max(0, a - held), held > 0 and tonumber(b) or 0}
  else
    local window = lower == 'c' and math.ceil(msLeftOf(b)) or tonumber(b)
    local value = redis.call('GET', key)
    local used, ttl = 0, window
    if value then
      ttl = redis.call('PTTL', key)
      used = math.ceil(unitsOf(value, ttl))
      if ttl < 1 or ttl > window then ttl = window end
    elseif floor > 0 and left >= 1 then
      ttl = math.min(window, math.ceil(left))
    end
    local restored = (floor > used and left >= 1) or owed > 0
    if left >= 1 then used = math.max(used, floor) end
    used = used + owed
    local after = used + cost
    if after > a and cost ~= '0' then
      wait = ttl
      remaining = math.max(0, a - used)
      after = restored and used or 0
    else
      remaining = math.max(0, a - after)
      if cost == '0' and not restored then after = 0 end
    end
    if used > 0 or after > 0 then reset = ttl end
    uncharged[i] = {math.max(0, a - used), used > 0 and ttl or 0}
    values[i] = {after, restored and used or 0}
    lives[i] = ttl
  end

  if wait > 0 and kind == lower then allowed = 0 end
  local to = 3 * i - 1
  reply[to], reply[to + 1], reply[to + 2] = wait, remaining, reset
end

for i = 1, n do
  local at = 4 * i - 2
  local lower = string.lower(ARGV[at])
  local key = KEYS[i]
  if allowed == 0 and reply[3 * i - 1] == 0 then
    reply[3 * i], reply[3 * i + 1] = uncharged[i][1], uncharged[i][2]
  end
  if lower == 'l' then
    if allowed == 1 and ARGV[at + 1] ~= '' and reply[3 * i - 1] == 0 then
      redis.call('ZADD', key, time() + ARGV[at + 3], ARGV[at + 1])
      redis.call('PEXPIRE', key, ARGV[at + 3])
    end
  else
    local state = allowed == 1 and values[i][1] or values[i][2]
    -- Of a refusal only what is restored is written.
    if state > 0 and lower == 'g' then
      local ms = math.ceil(state)
      local value = 'e' .. ARGV[at + 2]
      if ms - state > 0.000001 then value = value .. string.format(';%.9f', ms - state) end
      redis.call('SET', key, value, 'PX', ms)
    elseif state > 0 then
      redis.call('SET', key, state, 'PX', lives[i])
    end
  end
end

reply[1] = allowed
if flags >= 2 then reply[#reply + 1] = math.floor(time()) end
return reply
