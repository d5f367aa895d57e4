-- Functions for scripts that publish to the event stream.

-- What only some calls need, made when it is needed: a closure for each function would cost every call.
local function streamFunctions()
  -- The stream's consumer groups, each a table by field name; none when there is no stream.
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

  -- Bytes that the stream takes without its groups' lists of pending entries, about 100 bytes an entry. Where the server
  -- does not allow MEMORY, each entry counts as the largest that Marquee writes.
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

  -- After entries were trimmed by force: how many of them a group had not acknowledged. The completions that they may hold
  -- are published again, so the registry keeps the id up to which entries are missing.
  local function countUnread(stream, registry, groups, trimmed)
    if trimmed == 0 or #groups == 0 then
      return 0
    end
    -- The groups were read before the trim. Where the server cannot tell how far one is, all of it counts.
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

  -- Trims the oldest entries until the stream takes at most so many bytes. Returns the entries that went, and how many of
  -- them a group had not acknowledged.
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

  -- Keeps note of a completed transcript until every group has handled its event. Returns 'registered', 'unregistered'
  -- when there is no room for another note, or 'none' when there are no groups.
  local function registerCompletion(stream, registry, session, id, tenant, time, chunks, bytes)
    if #consumerGroups(stream) == 0 then
      return 'none'
    end
    if redis.call('HLEN', registry) >= 50000 then
      return 'unregistered'
    end
    redis.call('HSET', registry, session, cjson.encode({id, tenant, time, chunks, bytes}))
    return 'registered'
  end

  return {
    consumerGroups = consumerGroups,
    countUnread = countUnread,
    keepWithin = keepWithin,
    registerCompletion = registerCompletion,
  }
end

-- Adds an entry. With a bound, 0 for none, the stream is then kept within it. Returns the entry's id, and how many
-- entries were dropped that a group had not acknowledged.
local function publish(stream, registry, maxBytes, ...)
  local id = redis.call('XADD', stream, '*', ...)
  if maxBytes == 0 then
    return id, 0
  end
  local _, unread = streamFunctions().keepWithin(stream, registry, maxBytes)
  return id, unread
end
