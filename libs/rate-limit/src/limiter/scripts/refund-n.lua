-- Gives back a part of what was reserved, never more than what it still weighs: a GCRA's debt has shrunk since by the
-- time that has passed, and a window that has ended owes nothing.
--
-- Input:
--   KEYS[i]   the state of policy i for its client, all in one slot
--   ARGV[1]   when it was reserved, by Redis's clock in ms
--   ARGV[2]   units to give back
--   then two arguments a policy:
--     kind    g GCRA, s sliding window, f fixed window or calendar quota
--     window  s: its length in ms; f: when the window ends, by Redis's clock in ms
-- Output:
--   number of policies that got something back
local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000
local reservedAt = tonumber(ARGV[1])
local elapsed = math.max(0, now - reservedAt)
local units = tonumber(ARGV[2])

local function refundGcra(key, value, ttl)
  local emission, overshoot = string.match(value, '^e([%d.e+-]+);?([%d.e+-]*)$')
  local back = emission and units * emission - elapsed - 1 or 0
  if back <= 0 then return 0 end
  local debt = ttl - (tonumber(overshoot) or 0) - back
  local ms = math.ceil(debt)
  if ms < 1 then redis.call('UNLINK', key)
  else redis.call('SET', key, string.format('e%s;%.9f', emission, ms - debt), 'PX', ms) end
  return 1
end

-- The newest bucket that had begun when the units were reserved is the one that they are in.
local function refundSlidingWindow(key, value, ttl, window)
  if string.byte(value) ~= 115 or (#value - 13) % 12 ~= 0 or reservedAt + window <= now then return 0 end
  local span = math.ceil(window / 30)
  for at = #value - 11, 14, -12 do
    local ends, held = struct.unpack('<I6I6', value, at)
    if ends - span <= reservedAt then
      local back = reservedAt < ends and math.min(units, held) or 0
      if back == 0 then return 0 end
      redis.call('SET', key, 's' .. struct.pack('<I6', struct.unpack('<I6', value, 2) - back) .. string.sub(value, 8, at + 5)
        .. struct.pack('<I6', held - back) .. string.sub(value, at + 12), 'PX', ttl)
      return 1
    end
  end
  return 0
end

local function refundWindow(key, value, ttl, ends)
  if not tonumber(value) or math.abs(now + ttl - ends) >= 3 then return 0 end
  redis.call('SET', key, math.max(0, value - units), 'PX', ttl)
  return 1
end

local refunds = { g = refundGcra, s = refundSlidingWindow, f = refundWindow }
local refunded = 0
for i, key in ipairs(KEYS) do
  local value = redis.call('GET', key)
  local ttl = value and redis.call('PTTL', key) or 0
  if ttl > 0 then refunded = refunded + refunds[ARGV[2 * i + 1]](key, value, ttl, tonumber(ARGV[2 * i + 2])) end
end
return refunded
