-- Functions for scripts that publish to the event stream. An event is a table with the fields `type`, `sessionId`,
-- `tenant`, `transcript` and `timestamp`; if `transcript` is only an excerpt, also `bytes` (of the whole text),
-- `firstChunk` and `lastChunk`.

-- Creates the functions that only some calls need. Redis would create a closure for each on every call otherwise.
local function streamFunctions()
  -- Returns the stream's consumer groups, each a table by field name; none if the stream does not exist.
  local function consumerGroups(stream)
    local reply = redis.pcall('XINFO', 'GROUPS', stream)
    local groups = {}
    if reply.err then
      return groups
    end
    for _, group in ipairs(reply) do
      local named = {}
      for index = 1, #group, 2 do
        named[group[index]] = group[index + 1]
      end
      groups[#groups + 1] = named
    end
    return groups
  end

  -- Returns the size of the stream in bytes, without its groups' lists of pending entries, about 100 bytes per entry.
  -- If the server does not allow MEMORY, each entry counts as the largest that Marquee writes.
  local function streamBytes(stream, groups)
    local bytes = redis.pcall('MEMORY', 'USAGE', stream, 'SAMPLES', 0)
    if type(bytes) ~= 'number' then
      return redis.call('XLEN', stream) * 5120
    end
    for _, group in ipairs(groups) do
      bytes = bytes - 100 * group['pending']
    end
    return bytes
  end

  -- Returns how many of the trimmed entries some group had not acknowledged. If there are any, also records the id up to
  -- which entries are missing, so that dropped completions are published again. The groups are read before the trim.
  local function countUnread(stream, registry, groups, trimmed)
    if trimmed == 0 or #groups == 0 then
      return 0
    end
    -- If the server does not know a group's lag, every trimmed entry counts.
    local backlog = 0
    for _, group in ipairs(groups) do
      if backlog and group['lag'] then
        backlog = math.max(backlog, group['lag'] + group['pending'])
      else
        backlog = nil
      end
    end
    local length = redis.call('XLEN', stream)
    local unread = backlog and math.max(0, math.min(trimmed, backlog - length)) or trimmed
    local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
    if unread > 0 and first then
      redis.call('HSET', registry, ':dropped', first[1])
    end
    return unread
  end

  -- Trims the oldest entries until the stream takes at most `maxBytes`. Returns how many entries were trimmed, and how
  -- many of them some group had not acknowledged.
  local function keepWithin(stream, registry, maxBytes)
    local groups = consumerGroups(stream)
    local bytes = streamBytes(stream, groups)
    local trimmed = 0
    -- Entries differ in size, so one step may not be enough.
    for _ = 1, 20 do
      local length = redis.call('XLEN', stream)
      if bytes <= maxBytes or length <= 1 then
        break
      end
      local keep = math.max(1, math.floor(0.9 * length * maxBytes / bytes))
      trimmed = trimmed + redis.call('XTRIM', stream, 'MAXLEN', keep)
      bytes = streamBytes(stream, groups)
    end
    return trimmed, countUnread(stream, registry, groups, trimmed)
  end

  -- Registers a completed transcript until every group has handled its event `id`. Returns 'registered', 'unregistered'
  -- if the registry is full, or 'none' if there are no groups.
  local function registerCompletion(stream, registry, id, event, chunks, bytes)
    if #consumerGroups(stream) == 0 then
      return 'none'
    end
    if redis.call('HLEN', registry) >= 50000 then
      return 'unregistered'
    end
    local note = cjson.encode({id, event.tenant, event.timestamp, chunks, bytes})
    redis.call('HSET', registry, event.sessionId, note)
    return 'registered'
  end

  return {
    consumerGroups = consumerGroups,
    countUnread = countUnread,
    keepWithin = keepWithin,
    registerCompletion = registerCompletion,
  }
end

-- Adds an event to the stream, then trims the stream to `maxBytes` (0 to skip that). Returns the entry's id, and how many
-- entries were dropped that some group had not acknowledged. `toEvent` in event.ts reads these fields.
local function publishEvent(stream, registry, maxBytes, event)
  local fields = {'event_type', event.type, 'session_id', event.sessionId, 'tenant_id', event.tenant, 'transcript',
    event.transcript, 'timestamp', event.timestamp}
  if event.bytes then
    for _, part in ipairs({'transcript_bytes', event.bytes, 'chunks_from', event.firstChunk, 'chunks_to',
      event.lastChunk}) do
      fields[#fields + 1] = part
    end
  end
  local id = redis.call('XADD', stream, '*', unpack(fields))
  if maxBytes == 0 then
    return id, 0
  end
  local _, unread = streamFunctions().keepWithin(stream, registry, maxBytes)
  return id, unread
end
