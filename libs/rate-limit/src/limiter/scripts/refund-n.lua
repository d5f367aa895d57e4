-- Gives back a part of what was reserved, never more than what it still weighs: a GCRA's debt has shrunk since by the
-- time that has passed, and a window that has ended owes nothing.
--
-- Input:
--   KEYS[i]   the state of policy i for its client, all in one slot
--   ARGV[1]   when it was reserved, by Redis's clock in ms
--   ARGV[2]   units to give back
--   then two arguments a policy:
--     kind    g GCRA, f fixed window or calendar quota
--     ends    f: when the window ends, by Redis's clock in ms
-- Output:
--   number of policies that got something back
local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000
local elapsed = math.max(0, now - ARGV[1])
local units = tonumber(ARGV[2])
local refunded = 0
for i, key in ipairs(KEYS) do
  local at = 2 * i + 1
  local value = redis.call('GET', key)
  local ttl = value and redis.call('PTTL', key) or 0
  if ttl > 0 and ARGV[at] == 'g' then
    local emission, overshoot = string.match(value, '^e([%d.e+-]+);?([%d.e+-]*)$')
    local back = emission and units * emission - elapsed - 1 or 0
    if back > 0 then
      local debt = ttl - (tonumber(overshoot) or 0) - back
      local ms = math.ceil(debt)
      if ms < 1 then redis.call('UNLINK', key)
      else redis.call('SET', key, string.format('e%s;%.9f', emission, ms - debt), 'PX', ms) end
      refunded = refunded + 1
    end
  elseif ttl > 0 and tonumber(value) and math.abs(now + ttl - ARGV[at + 1]) < 3 then
    redis.call('SET', key, math.max(0, value - units), 'PX', ttl)
    refunded = refunded + 1
  end
end
return refunded
