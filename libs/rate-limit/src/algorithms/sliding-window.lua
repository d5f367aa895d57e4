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
  -- Adds a bucket in the order of ends. If there are too many, as after changes of the window, merges the two oldest.
  if name == 'withBucket' then
    return function(buckets, ends, units)
      if #buckets >= 12 * 48 then
        local oldest = struct.unpack('<I6', buckets, 7)
        local second, more = struct.unpack('<I6I6', buckets, 13)
        buckets = struct.pack('<I6I6', second, oldest + more) .. string.sub(buckets, 25)
      end
      local at = #buckets + 1
      while at > 1 and struct.unpack('<I6', buckets, at - 12) > ends do at = at - 12 end
      return string.sub(buckets, 1, at - 1) .. struct.pack('<I6I6', ends, units) .. string.sub(buckets, at)
    end
  end

  if name == 'decide' then
    return function(key, cost, quota, window, restored)
      cost, quota, window = cost + 0, quota + 0, window + 0
      local value, span, units = redis.call('GET', key), math.ceil(window / 30), 0
      -- The buckets are in this string from `first` on: cutting it would cost more.
      local buckets, first, oldest, newest, held = '', 1, nil, nil, nil
      local ttl, ms, keepsTtl, isChanged = value and redis.call('PTTL', key), nil, false, false
      if value and string.byte(value) == 115 and #value > 13 and #value % 12 == 1 then
        local ofWindow
        units, ofWindow, oldest = struct.unpack('<I6I6I6', value, 2)
        newest, held = struct.unpack('<I6I6', value, #value - 11)
        -- The time follows from the TTL, unless that was changed: this is cheaper than the TIME command.
        keepsTtl = ofWindow == window and ttl > 0 and ttl <= window + span + 1
        if keepsTtl and not readMs then readMs = newest + window + 1 - ttl end
        ms, buckets, first = now(), value, 14
        if newest > ms + span then
          -- The clock was set back, or the window was longer: no bucket ends later than one that starts now.
          buckets, first, isChanged = '', 1, true
          for at = 14, #value, 12 do
            local ends, count = struct.unpack('<I6I6', value, at)
            buckets = buckets .. struct.pack('<I6I6', math.min(ends, ms + span), count)
          end
        end
        if oldest + window <= ms then
          while first < #buckets do
            local ends, expired = struct.unpack('<I6I6', buckets, first)
            if ends + window > ms then break end
            units, first = units - expired, first + 12
          end
        end
      else
        ms = now()
        units = value and math.ceil(functionOf(nil, 'storedUnits')(value, ttl)) or 0
        if units > 0 then buckets, isChanged = struct.pack('<I6I6', ms + span, units), true end
      end
      if restored and restored.floor > units and restored.left >= 1 then
        local ends = math.min(ms + span, math.ceil(ms + restored.left - window))
        buckets, first = functionOf('s', 'withBucket')(string.sub(buckets, first), ends, restored.floor - units), 1
        units, isChanged = restored.floor, true
      end
      if restored and restored.owed > 0 then
        buckets, first = functionOf('s', 'withBucket')(string.sub(buckets, first), ms + span, restored.owed), 1
        units, isChanged = units + restored.owed, true
      end
      if first > #buckets then
        oldest, newest = nil, nil
      elseif isChanged or first > 14 then
        oldest = struct.unpack('<I6', buckets, first)
        newest, held = struct.unpack('<I6I6', buckets, #buckets - 11)
      end

      local wait, state, excess = 0, nil, units + cost - quota
      if cost > 0 and excess > 0 then
        -- Until the oldest buckets have made room; for what never fits, until all of them are gone.
        wait = window
        for at = first, #buckets, 12 do
          local ends, leaving = struct.unpack('<I6I6', buckets, at)
          excess, wait = excess - leaving, ends + window - ms
          if excess <= 0 then break end
        end
      elseif cost > 0 then
        units = units + cost
        local header = struct.pack('<I6I6', units, window)
        if newest and ms < newest - span / 4 then
          state = 's' .. header .. string.sub(buckets, first, -7) .. struct.pack('<I6', held + cost)
          keepsTtl = keepsTtl and not isChanged
        else
          newest, keepsTtl = ms + span, false
          state = 's' .. header .. functionOf('s', 'withBucket')(string.sub(buckets, first), newest, cost)
          oldest = struct.unpack('<I6', state, 14)
        end
      end
      if isChanged and not state then
        state, keepsTtl = 's' .. struct.pack('<I6I6', units, window) .. string.sub(buckets, first), false
      end
      ttl = not keepsTtl and state and math.max(1, newest + window - ms + 1)
      return wait, units < quota and quota - units or 0, oldest and oldest + window - ms or 0, state, ttl
    end
  end

  -- The units are in the newest bucket that had started when they were reserved. The argument is the window in ms.
  if name == 'refund' then
    return function(key, value, ttl, units, reservedAt, window)
      if not functionOf('s', 'unitsOf')(value) or reservedAt + window <= now() then return 0 end
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
  end

  if name == 'unitsOf' then
    return function(value)
      return string.byte(value) == 115 and #value > 13 and #value % 12 == 1 and (struct.unpack('<I6', value, 2))
    end
  end
end
