-- Functions that account for the memory of sessions.
--
-- A tenant's ledger, a hash, has the bytes of each session. The totals, a hash, have the sum of each tenant, and in ':total'
-- the sum of all tenants. In a cluster they are in another slot than the sessions.

-- Bytes of a session besides its fields and its text: keys, expiry, index entries.
local sessionOverhead = 1024
-- The last quarter of a tenant's memory is reserved for sessions up to this size, so that large sessions cannot shut out
-- small ones.
local smallSession = 65536

-- Returns the bytes of a transcript: the text and 32 bytes per chunk for the list and the event's id, rounded up to whole
-- kibibytes so that most appends do not change the ledger.
local function transcriptBytes(chunks, bytes)
  return 1024 * math.ceil((bytes + 32 * chunks) / 1024)
end

-- Creates the functions that only some calls need. Redis would create a closure for each on every call otherwise.
local function accounts()
  -- Returns the bytes of a session, by its own record of its transcript.
  local function sessionBytes(metadata, transcript)
    local bytes = sessionOverhead
    for _, part in ipairs(redis.call('HGETALL', metadata)) do
      bytes = bytes + #part
    end
    if redis.call('EXISTS', transcript) == 1 then
      local recorded = redis.call('HMGET', metadata, 'transcript_chunks', 'transcript_bytes')
      bytes = bytes + transcriptBytes(tonumber(recorded[1] or 0), tonumber(recorded[2] or 0))
    end
    return bytes
  end

  -- Checks whether `added` bytes more fit the limits of the tenant and of all tenants (0 for no limit). Returns nil if they
  -- do, otherwise the reply for the caller: {'tenant-full', bytes of the tenant} or {'server-full', bytes of all tenants}.
  local function findFull(totals, tenant, added, isLarge, maxTenantBytes, maxTotalBytes)
    local held = redis.call('HMGET', totals, tenant, ':total')
    local ofTenant, ofAll = tonumber(held[1] or 0), tonumber(held[2] or 0)
    if ofTenant + added > (isLarge and 0.75 * maxTenantBytes or tonumber(maxTenantBytes)) then
      return {'tenant-full', ofTenant}
    end
    maxTotalBytes = tonumber(maxTotalBytes)
    if isLarge and maxTotalBytes > 0 and ofAll + added > maxTotalBytes then
      return {'server-full', ofAll}
    end
  end

  -- Sets the bytes of a session; 0 removes it from the ledger.
  local function set(ledger, totals, tenant, session, bytes)
    local before = tonumber(redis.call('HGET', ledger, session) or 0)
    if bytes == before then
      return
    end
    if bytes > 0 then
      redis.call('HSET', ledger, session, bytes)
    else
      redis.call('HDEL', ledger, session)
    end
    redis.call('HINCRBY', totals, ':total', bytes - before)
    if redis.call('HINCRBY', totals, tenant, bytes - before) <= 0 then
      redis.call('HDEL', totals, tenant)
    end
  end

  -- Adds to the bytes of the session in KEYS[1] and KEYS[2]. A session that is not in the ledger, because another program
  -- created it, is entered as a whole.
  local function add(ledger, totals, tenant, session, added)
    if redis.call('HINCRBY', ledger, session, added) == added then
      redis.call('HDEL', ledger, session)
      set(ledger, totals, tenant, session, sessionBytes(KEYS[1], KEYS[2]))
      return
    end
    redis.call('HINCRBY', totals, tenant, added)
    redis.call('HINCRBY', totals, ':total', added)
  end

  return {add = add, findFull = findFull, sessionBytes = sessionBytes, set = set}
end
