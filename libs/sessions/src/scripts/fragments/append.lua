-- What every way of appending has in common. KEYS and ARGV are those of `append-3.lua`; the chunks are the arguments from
-- `first` on.

-- Checks a request to append. Returns the reply for a request that appends nothing; otherwise nil and the append:
-- {first, count (chunks before), totalChunks, totalBytes, addedBytes, recordedChunks, recordedBytes, ttlMs}.
local function planAppend(first)
  local session = redis.call('HMGET', KEYS[1], 'tenant_id', 'completed_at', 'transcript_bytes', 'transcript_chunks')
  if ownerOf(KEYS[1], session[1]) ~= ARGV[1] then
    return {'missing'}
  end
  local ttlMs = ttlAfterUse(KEYS[1], ARGV[2])
  if ARGV[3] ~= '' then
    local record = redis.call('GET', KEYS[3])
    if record then
      local fingerprint, total = string.match(record, '^(%S+) (%d+)$')
      if fingerprint ~= ARGV[3] then
        return {'conflict'}
      end
      extendTo(KEYS[1], KEYS[2], ttlMs)
      return {'replayed', tonumber(total), 0}
    end
  end
  if session[2] then
    return {'completed'}
  end
  local chunks, count = #ARGV - first + 1, redis.call('LLEN', KEYS[2])
  if count + chunks > tonumber(ARGV[5]) then
    return {'too-many', count}
  end
  local maxBytes = tonumber(ARGV[6])
  local recordedBytes, recordedChunks = tonumber(session[3] or 0), tonumber(session[4] or 0)
  local bytes = recordedBytes
  -- Another program has pushed to the list or trimmed it: measure what the record does not cover, up to the maximum.
  if count ~= recordedChunks or (session[3] and not session[4]) then
    local measured = recordedChunks
    if recordedChunks > count or not session[4] then
      bytes, measured = 0, 0
    end
    while measured < count and bytes <= maxBytes do
      for _, chunk in ipairs(redis.call('LRANGE', KEYS[2], measured, measured + 99)) do
        measured = measured + 1
        bytes = bytes + #chunk
      end
    end
  end
  local added = 0
  for index = first, #ARGV do
    added = added + #ARGV[index]
  end
  if bytes + added > maxBytes then
    return {'too-large', bytes}
  end
  return nil, {
    first = first,
    count = count,
    totalChunks = count + chunks,
    totalBytes = bytes + added,
    addedBytes = added,
    recordedChunks = recordedChunks,
    recordedBytes = recordedBytes,
    ttlMs = ttlMs,
  }
end

-- Appends the chunks, records their size and the idempotency key, and extends the session.
local function applyAppend(append)
  local total = redis.call('RPUSH', KEYS[2], unpack(ARGV, append.first))
  redis.call('HSET', KEYS[1], 'transcript_bytes', string.format('%d', append.totalBytes), 'transcript_chunks', total)
  extendTo(KEYS[1], KEYS[2], append.ttlMs)
  if ARGV[3] ~= '' then
    redis.call('SET', KEYS[3], ARGV[3] .. ' ' .. total, 'PX', ARGV[4])
  end
end
