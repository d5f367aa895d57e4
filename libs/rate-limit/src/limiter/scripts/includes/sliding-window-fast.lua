-- The fast path of requests whose policies are all enforced sliding windows that have room, with nothing to restore. Returns
-- the reply, or nil where one of them needs more than that. The state is as sliding-window.lua says. The time follows from
-- the TTL, which is what is left of the newest bucket's life: that is cheaper than to ask for it.
local function decideOnWindows(n)
  local values, lives, reply, ms = {}, {}, {1}
  for i = 1, n do
    local at = 4 * i - 2
    if ARGV[at] ~= 's' then return end
    local key, cost, window = KEYS[i], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 3])
    local value = redis.call('GET', key)
    if not value or cost == 0 then return end
    local length, life = #value, redis.call('PTTL', key)
    if string.byte(value) ~= 115 or length < 25 or length > 565 or length % 12 ~= 1 then return end
    local units, ofWindow, oldest = struct.unpack('<I6I6I6', value, 2)
    local ends, newest = struct.unpack('<I6I6', value, length - 11)
    local left, span = ARGV[at + 2] - units - cost, math.ceil(window / 30)
    ms = ends + window + 1 - life
    if left < 0 or ofWindow ~= window or life < 0 or life > window + span + 1 or oldest + window <= ms then return end
    if ms < ends - math.floor(span / 4) then
      values[i] = 's' .. struct.pack('<I6', units + cost) .. string.sub(value, 8, length - 6) .. struct.pack('<I6', newest + cost)
    else
      lives[i] = span + window + 1
      values[i] = 's' .. struct.pack('<I6', units + cost) .. string.sub(value, 8) .. struct.pack('<I6I6', ms + span, cost)
    end
    at = 3 * i
    reply[at - 1], reply[at], reply[at + 1] = 0, left, oldest + window - ms
  end
  for i = 1, n do
    if lives[i] then redis.call('SET', KEYS[i], values[i], 'PX', lives[i]) else redis.call('SET', KEYS[i], values[i], 'KEEPTTL') end
  end
  if ARGV[1] == '2' then reply[3 * n + 2] = ms end
  return reply
end
