-- Reads entries of the stream by their ids, up to a size.
--
-- Input:
--   KEYS[1]  the stream
--   ARGV[1]  bytes of values after which no further entry is read
--   ARGV[2…] ids
-- Output:
--   for each id that was looked for, in order: the entry, or false when it is not in the stream any more
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
