-- Sliding window: no span of the window's length, wherever it begins, holds more than the quota.
--   a       quota
--   b       window, in ms
--   floor   units
--
-- Units are counted in buckets. A bucket starts with a request, spans a thirtieth of the window and accepts no units in the
-- last quarter of its span. It counts until a whole window has passed since its end, so each unit counts for the window plus
-- between a quarter and the whole of a thirtieth of it. A request may be refused early by that much.
--
-- State: 's', the total of units, the window in ms, then the buckets from the oldest to the newest, each with its end (Redis's
-- clock, ms) and its units. Every number has 6 bytes, little-endian; there are at most 48 buckets. The key expires 1 ms after
-- the newest bucket stops counting, because Redis decides on expiry by the time at which a script starts.
if kind == 's' then
  local function isOwn(value) return string.byte(value) == 115 and #value > 13 and #value % 12 == 1 end

  -- Adds a bucket in the order of ends. If there are too many, as after changes of the window, merges the two oldest.
  local function withBucket(buckets, ends, units)
    if #buckets >= 12 * 48 then
      local oldest = struct.unpack('<I6', buckets, 7)
      local second, more = struct.unpack('<I6I6', buckets, 13)
      buckets = struct.pack('<I6I6', second, oldest + more) .. string.sub(buckets, 25)
    end
    local at = #buckets + 1
    while at > 1 and struct.unpack('<I6', buckets, at - 12) > ends do at = at - 12 end
    return string.sub(buckets, 1, at - 1) .. struct.pack('<I6I6', ends, units) .. string.sub(buckets, at)
  end

  local function look(claim)
    local window, value, units, buckets = tonumber(claim.b), redis.call('GET', claim.key), 0, ''
    local span, ms, ttl = math.ceil(window / 30), nil, value and redis.call('PTTL', claim.key)
    if value and isOwn(value) then
      local total, ofWindow, oldest = struct.unpack('<I6I6I6', value, 2)
      local newest = struct.unpack('<I6', value, #value - 11)
      -- The time follows from the TTL, unless that was changed: this is cheaper than the TIME command.
      claim.keepsTtl = ofWindow == window and ttl > 0 and ttl <= window + span + 1
      if claim.keepsTtl and not readMs then readMs = newest + window + 1 - ttl end
      ms, units, buckets = now(), total, string.sub(value, 14)
      if newest > ms + span then
        -- The clock was set back, or the window was longer: no bucket ends later than one that starts now.
        local moved = ''
        for at = 1, #buckets, 12 do
          local ends, held = struct.unpack('<I6I6', buckets, at)
          moved = moved .. struct.pack('<I6I6', math.min(ends, ms + span), held)
        end
        buckets, claim.isChanged = moved, true
      end
      if oldest + window <= ms then
        local first = 1
        while first < #buckets do
          local ends, held = struct.unpack('<I6I6', buckets, first)
          if ends + window > ms then break end
          units, first = units - held, first + 12
        end
        buckets = string.sub(buckets, first)
      end
    else
      ms = now()
      units = value and math.ceil(storedUnits(value, ttl)) or 0
      if units > 0 then buckets, claim.isChanged = struct.pack('<I6I6', ms + span, units), true end
    end
    local restored = claim.restored
    if restored and restored.floor > units and restored.left >= 1 then
      local ends = math.min(ms + span, math.ceil(ms + restored.left - window))
      buckets = withBucket(buckets, ends, restored.floor - units)
      units, claim.isChanged = restored.floor, true
    end
    if restored and restored.owed > 0 then
      buckets = withBucket(buckets, ms + span, restored.owed)
      units, claim.isChanged = units + restored.owed, true
    end
    claim.used, claim.state = units, buckets

    local excess = units + claim.cost - claim.a
    if excess > 0 and claim.isTaken then
      -- Until the oldest buckets have made room; for what never fits, until all of them are gone.
      claim.wait = window
      for at = 1, #buckets, 12 do
        local ends, held = struct.unpack('<I6I6', buckets, at)
        excess, claim.wait = excess - held, ends + window - ms
        if excess <= 0 then break end
      end
    end
  end

  local function settle(claim, isCharged)
    local units, buckets, window, ms = claim.used, claim.state, claim.b, now()
    if not isCharged and buckets == '' then return tonumber(claim.a), 0 end
    local keepsTtl, ends = claim.keepsTtl and not claim.isChanged, 0
    if isCharged then
      local span, held = math.ceil(window / 30), 0
      if buckets ~= '' then ends, held = struct.unpack('<I6I6', buckets, #buckets - 11) end
      units = units + claim.cost
      if ms < ends - math.floor(span / 4) then
        buckets = string.sub(buckets, 1, -7) .. struct.pack('<I6', held + claim.cost)
      else
        buckets, ends, keepsTtl = withBucket(buckets, ms + span, claim.cost), ms + span, false
      end
    end
    if isCharged or claim.isChanged then
      local value = 's' .. struct.pack('<I6I6', units, window) .. buckets
      if keepsTtl then
        redis.call('SET', claim.key, value, 'KEEPTTL')
      else
        ends = struct.unpack('<I6', value, #value - 11)
        redis.call('SET', claim.key, value, 'PX', math.max(1, ends + window - ms + 1))
      end
    end
    return math.max(0, claim.a - units), struct.unpack('<I6', buckets) + window - ms
  end

  -- The units are in the newest bucket that had started when they were reserved. The argument is the window in ms.
  local function refund(key, value, ttl, units, reservedAt, window)
    if not isOwn(value) or reservedAt + window <= now() then return 0 end
    local span = math.ceil(window / 30)
    for at = #value - 11, 14, -12 do
      local ends, held = struct.unpack('<I6I6', value, at)
      if ends - span <= reservedAt then
        local back = reservedAt < ends and math.min(units, held) or 0
        if back == 0 then return 0 end
        local total = struct.unpack('<I6', value, 2) - back
        value = 's' .. struct.pack('<I6', total) .. string.sub(value, 8, at + 5) .. struct.pack('<I6', held - back)
          .. string.sub(value, at + 12)
        redis.call('SET', key, value, 'PX', ttl)
        return 1
      end
    end
    return 0
  end

  local function unitsOf(value) return isOwn(value) and (struct.unpack('<I6', value, 2)) end

  algorithm = { look = look, settle = settle, refund = refund, unitsOf = unitsOf }
end
