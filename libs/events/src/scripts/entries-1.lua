-- Reads entries of the stream by id, up to a total size.
--
-- Input:
--   KEYS[1]  the stream
--   ARGV[1]  bytes after which no further entry is read
--   ARGV[2…] entry ids
-- Output:
--   in the order of the ids, until the size is reached: the entry, or false if it is no longer in the stream
local entries, bytes = {}, 0
for index = 2, #ARGV do
  local entry = redis.call('XRANGE', KEYS[1], ARGV[index], ARGV[index])[1]
  entries[#entries + 1] = entry or false
  for _, value in ipairs(entry and entry[2] or {}) do
    bytes = bytes + #value
  end
  if bytes >= tonumber(ARGV[1]) then
    break
  end
end
return entries
