-- Functions for completed transcripts, which consumers read after the event.

-- Takes a transcript out of its session and keeps it for the consumers.
local function handOff(transcript, unarchived, keepMs)
  if redis.call('EXISTS', transcript) == 1 then
    redis.call('RENAME', transcript, unarchived)
    redis.call('PEXPIRE', unarchived, keepMs)
  end
end

-- Whether consumers may still need the text of a completed session.
local function isUnarchived(archive, registry, session, isRegistered)
  if archive == 'registered' and registry then
    return redis.call('HEXISTS', registry, session) == 1
  end
  return archive == 'unregistered' or (archive == 'registered' and isRegistered)
end

-- After the event of a completion: keeps the text as long as consumers may need it, also when the session ends before.
--   registered  'registered', 'unregistered' or 'none', as `registerCompletion` returns it
--   isWhole     the event has the whole text
local function settle(metadata, transcript, unarchived, registered, isDeleted, isWhole, left, times)
  if registered ~= 'none' then
    redis.call('HSET', metadata, 'archive', registered)
    if left < times.minKeepMs then
      redis.call('HSET', metadata, 'ttl_after_archive', left)
      redis.call('PEXPIRE', metadata, times.minKeepMs)
      redis.call('PEXPIRE', transcript, times.minKeepMs)
    end
  end
  if not isDeleted then
    return
  end
  if registered == 'none' and isWhole then
    redis.call('UNLINK', transcript)
  else
    handOff(transcript, unarchived, registered == 'none' and times.unclaimedMs or times.keepMs)
  end
end
