-- Makes a snapshot current, if it is newer than the current one and all of its chunks are stored. Lets the chunks of the
-- replaced one expire, so that processes that are reading them can finish.
--
-- Input:
--   KEYS[1]         pointer
--   KEYS[2…n+1]     chunks of the new snapshot
--   KEYS[n+2…]      chunks of the snapshot that the caller found to be current
--   ARGV[1]         the new pointer
--   ARGV[2]         n, the number of chunks of the new snapshot
--   ARGV[3]         fencing number of the new snapshot
--   ARGV[4]         the pointer that the caller read; '' if there was none
--   ARGV[5]         TTL in milliseconds for the chunks of the replaced snapshot
-- Output:
--   'published'; 'changed' if the pointer is not the one that the caller read; 'superseded' if the current snapshot has the
--   same or a higher fencing number; 'incomplete' if a chunk is missing
local current = redis.call('GET', KEYS[1]) or ''
if current == ARGV[1] then
  return 'published'
end
if current ~= ARGV[4] then
  return 'changed'
end
if current ~= '' then
  local isPointer, pointer = pcall(cjson.decode, current)
  if isPointer and type(pointer) == 'table' and (tonumber(pointer.fence) or 0) >= tonumber(ARGV[3]) then
    return 'superseded'
  end
end
local chunks = tonumber(ARGV[2])
for chunk = 2, chunks + 1 do
  if redis.call('EXISTS', KEYS[chunk]) == 0 then
    return 'incomplete'
  end
end
redis.call('SET', KEYS[1], ARGV[1])
for chunk = 2, chunks + 1 do
  redis.call('PERSIST', KEYS[chunk])
end
for chunk = chunks + 2, #KEYS do
  redis.call('PEXPIRE', KEYS[chunk], ARGV[5])
end
return 'published'
