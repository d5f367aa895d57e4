-- Functions for completed transcripts, whose text consumers may read after the event. KEYS[1] is the session's metadata,
-- KEYS[2] its transcript, and KEYS[3] the list in which a deleted transcript is kept for consumers.

-- Moves the transcript out of its session, for consumers.
local function handOver(keepMs)
  if redis.call('EXISTS', KEYS[2]) == 1 then
    redis.call('RENAME', KEYS[2], KEYS[3])
    redis.call('PEXPIRE', KEYS[3], keepMs)
  end
end

-- Returns whether consumers may still need the text of a completed session.
--   archive       the session's field of that name
--   isRegistered  whether the registry of unhandled completions has the session
local function isNeeded(archive, isRegistered)
  return archive == 'unregistered' or (archive == 'registered' and isRegistered)
end

-- After the event of a completion is published: keeps the text for as long as consumers may need it, even if the session
-- ends before that.
--   registered  'registered', 'unregistered' or 'none', as `registerCompletion` returns it
--   isWhole     whether the event has the whole text
--   ttlMs       the session's TTL
--   options     {isDeleted, minTtlMs, keepMs, unclaimedMs}
local function settle(registered, isWhole, ttlMs, options)
  if registered ~= 'none' then
    redis.call('HSET', KEYS[1], 'archive', registered)
    if ttlMs < options.minTtlMs then
      redis.call('HSET', KEYS[1], 'ttl_after_archive', ttlMs)
      redis.call('PEXPIRE', KEYS[1], options.minTtlMs)
      redis.call('PEXPIRE', KEYS[2], options.minTtlMs)
    end
  end
  if not options.isDeleted then
    return
  end
  if registered == 'none' and isWhole then
    redis.call('UNLINK', KEYS[2])
  else
    handOver(registered == 'none' and options.unclaimedMs or options.keepMs)
  end
end
