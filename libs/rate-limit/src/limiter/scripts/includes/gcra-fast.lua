-- The fast path of requests whose policies are all GCRA and enforced, with nothing to restore and states of their own rates.
-- Returns the reply, or nil where one of them needs more than that.
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
