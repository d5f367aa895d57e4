-- Sliding window: a is the quota, b the window in ms. Never more than the quota in any span of the window's length.
--
-- Units are counted in buckets that span a thirtieth of the window and begin with a request. A bucket counts until a whole
-- window has passed since its end, and takes no requests in the last quarter of its span. A unit thus counts for the window
-- and then for a quarter to the whole of a thirtieth of it: that is the most by which a request is refused early.
--
-- State: 's', units in all, the window in ms, then the buckets from the oldest to the newest, each as the end by Redis's clock
-- in ms and the units; every number has 6 bytes, little-endian. At most 48 buckets. The key lives until the newest bucket no
-- longer counts, and a millisecond more: expiry goes by the time at which a script began.
local function slidingWindow()
  local header, maxBuckets = 13, 48

  -- Moves ends that are yet to come to the latest that there can be: the clock was set back, or the window was longer.
  local function notAfter(buckets, latest)
    local moved = {}
    for at = 1, #buckets, 12 do
      local ends, units = struct.unpack('<I6I6', buckets, at)
      moved[#moved + 1] = struct.pack('<I6I6', math.min(ends, latest), units)
    end
    return table.concat(moved)
  end

  -- Adds a bucket in the order of ends. Should there be too many, as after changes of the window, the two oldest become one.
  local function withBucket(buckets, ends, units)
    if #buckets >= 12 * maxBuckets then
      local oldest = struct.unpack('<I6', buckets, 7)
      local second, more = struct.unpack('<I6I6', buckets, 13)
      buckets = struct.pack('<I6I6', second, oldest + more) .. string.sub(buckets, 25)
    end
    local at = #buckets + 1
    while at > 1 and struct.unpack('<I6', buckets, at - 12) > ends do at = at - 12 end
    return string.sub(buckets, 1, at - 1) .. struct.pack('<I6I6', ends, units) .. string.sub(buckets, at)
  end

  local function look(p)
    local quota, window, cost, ms = tonumber(p.a), tonumber(p.b), p.cost, now()
    local span = math.ceil(window / 30)
    local value = redis.call('GET', p.key)
    local units, buckets = 0, ''
    if value then
      if isPacked(value) then
        units = struct.unpack('<I6', value, 2)
        local first = header + 1
        if struct.unpack('<I6', value, #value - 11) > ms + span then
          value, p.isChanged = string.sub(value, 1, header) .. notAfter(string.sub(value, first), ms + span), true
        end
        while first < #value do
          local ends, left = struct.unpack('<I6I6', value, first)
          if ends + window > ms then break end
          units, first = units - left, first + 12
        end
        buckets = string.sub(value, first)
      else
        units = math.ceil(unitsOf(value, redis.call('PTTL', p.key)))
        if units > 0 then buckets, p.isChanged = struct.pack('<I6I6', ms + span, units), true end
      end
    end
    if p.floor > units and p.left >= 1 then
      buckets = withBucket(buckets, math.min(ms + span, math.ceil(ms + p.left - window)), p.floor - units)
      units, p.isChanged = p.floor, true
    end
    if p.owed > 0 then
      buckets = withBucket(buckets, ms + span, p.owed)
      units, p.isChanged = units + p.owed, true
    end

    p.uncharged = math.max(0, quota - units)
    p.unchargedReset = buckets == '' and 0 or struct.unpack('<I6', buckets) + window - ms
    p.wait, p.remaining, p.reset = 0, p.uncharged, p.unchargedReset
    if cost > 0 and units + cost > quota then
      -- Until so many of the oldest have left that it fits; for what never fits, until all have.
      local at, excess = 1, units + cost - quota
      p.wait = window
      while at < #buckets and excess > 0 do
        local ends, left = struct.unpack('<I6I6', buckets, at)
        excess, p.wait, at = excess - left, ends + window - ms, at + 12
      end
    elseif cost > 0 then
      p.remaining = math.max(0, quota - units - cost)
      if buckets == '' then p.reset = span + window end
    end
    p.ms, p.window, p.span, p.units, p.buckets = ms, window, span, units, buckets
  end

  local function keep(p)
    if p.buckets == '' then return end
    local value = 's' .. struct.pack('<I6I6', p.units, p.window) .. p.buckets
    local ends = struct.unpack('<I6', value, #value - 11)
    redis.call('SET', p.key, value, 'PX', math.max(1, ends + p.window - p.ms + 1))
  end

  local function charge(p)
    local buckets, ends, units = p.buckets, 0, 0
    if buckets ~= '' then ends, units = struct.unpack('<I6I6', buckets, #buckets - 11) end
    if p.ms < ends - math.floor(p.span / 4) then
      p.buckets = string.sub(buckets, 1, -13) .. struct.pack('<I6I6', ends, units + p.cost)
    else
      p.buckets = withBucket(buckets, p.ms + p.span, p.cost)
    end
    p.units = p.units + p.cost
    keep(p)
  end

  return { look = look, charge = charge, keep = keep }
end
