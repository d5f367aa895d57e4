-- What every way of completing a transcript has in common. KEYS and ARGV are those of `complete-3.lua`.

-- Reads a transcript. Returns its number of chunks, its size in bytes when joined by spaces, and the joined text, cut to at
-- most `maxBytes` at a character boundary.
local function readExcerpt(list, maxBytes)
  local count = redis.call('LLEN', list)
  local bytes, parts, beginning = math.max(0, count - 1), {}, 0
  for first = 0, count - 1, 100 do
    for _, chunk in ipairs(redis.call('LRANGE', list, first, first + 99)) do
      bytes = bytes + #chunk
      if beginning <= maxBytes then
        parts[#parts + 1] = chunk
        beginning = beginning + #chunk + 1
      end
    end
  end
  local text = table.concat(parts, ' ')
  if bytes <= maxBytes then
    return count, bytes, text
  end
  local last = maxBytes
  -- UTF-8 continuation bytes are 10xxxxxx.
  while last > 0 and string.byte(text, last + 1) >= 128 and string.byte(text, last + 1) < 192 do
    last = last - 1
  end
  return count, bytes, string.sub(text, 1, last)
end

-- Extends the session and checks whether there is anything to complete. Returns the reply for a session that is missing or
-- already completed, whose transcript is then deleted if the request asks for that; otherwise nil and the completion:
-- {count, bytes, text, isWhole, timestamp, ttlMs, options}.
--   isRegistered  whether the registry of unhandled completions has the session
local function planCompletion(isRegistered)
  local session = redis.call('HMGET', KEYS[1], 'tenant_id', 'completed_at', 'event_owed', 'completed_chunks', 'archive')
  if ownerOf(KEYS[1], session[1]) ~= ARGV[1] then
    return {'missing'}
  end
  local ttlMs = ttlAfterUse(KEYS[1], ARGV[2])
  extendTo(KEYS[1], KEYS[2], ttlMs)
  local options = {
    isDeleted = ARGV[4] == '1',
    minTtlMs = tonumber(ARGV[6]),
    keepMs = tonumber(ARGV[7]),
    unclaimedMs = tonumber(ARGV[8]),
  }
  if session[2] and not session[3] then
    if options.isDeleted then
      if isNeeded(session[5], isRegistered) then
        handOver(options.keepMs)
      else
        redis.call('UNLINK', KEYS[2])
      end
    end
    return {'already', tonumber(session[4] or 0), session[2]}
  end
  local maxBytes = tonumber(ARGV[5])
  local count, bytes, text = readExcerpt(KEYS[2], maxBytes)
  return nil, {
    count = count,
    bytes = bytes,
    text = text,
    isWhole = bytes <= maxBytes,
    timestamp = session[2] or ARGV[3],
    ttlMs = ttlMs,
    options = options,
  }
end
