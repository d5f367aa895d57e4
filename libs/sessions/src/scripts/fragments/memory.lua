-- Functions that account for the memory that tenants hold.
--
-- The ledger of a tenant, a hash, has the bytes of each session; the totals, a hash, have the sum of each tenant and in
-- ':total' the sum of all. A cluster has them in another slot than the sessions.

-- What a session takes beside its fields and its text: keys, expiry, places in indexes.
local sessionOverhead = 1024
-- Of a tenant's memory the last quarter is for sessions up to this size, so that large ones cannot shut out the others.
local smallSession = 65536

-- What a transcript takes, with 32 bytes for a chunk and its event's id, in whole kibibytes: most appends change nothing.
local function transcriptBytes(chunks, bytes)
  return 1024 * math.ceil((bytes + 32 * chunks) / 1024)
end

-- What only some calls need, made when it is needed: a closure for each function would cost every call.
local function accounts()
  -- What a living session takes, by its own record of its transcript.
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

  -- Nothing while there is room for so many bytes more, else the answer for the caller: {'tenant-full', bytes that the
  -- tenant holds} or {'server-full', bytes that all hold}. 0 is no bound of all.
  local function findFull(totals, tenant, added, isLarge, maxTenantBytes, maxAllBytes)
    local held = redis.call('HMGET', totals, tenant, ':total')
    local ofTenant, ofAll = tonumber(held[1] or 0), tonumber(held[2] or 0)
    if ofTenant + added > (isLarge and 0.75 * maxTenantBytes or maxTenantBytes) then
      return {'tenant-full', ofTenant}
    end
    if isLarge and maxAllBytes > 0 and ofAll + added > maxAllBytes then
      return {'server-full', ofAll}
    end
  end

  -- Sets what a session takes; 0 when it is gone.
  local function recharge(ledger, totals, tenant, session, bytes)
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

  -- Adds to what a session takes. One that is not in the ledger, since another program began it, is entered as a whole.
  local function charge(ledger, totals, tenant, session, added, metadata, transcript)
    if redis.call('HINCRBY', ledger, session, added) == added then
      redis.call('HDEL', ledger, session)
      recharge(ledger, totals, tenant, session, sessionBytes(metadata, transcript))
      return
    end
    redis.call('HINCRBY', totals, tenant, added)
    redis.call('HINCRBY', totals, ':total', added)
  end

  return {charge = charge, findFull = findFull, recharge = recharge, sessionBytes = sessionBytes}
end
