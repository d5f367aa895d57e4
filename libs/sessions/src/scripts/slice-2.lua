-- Reads a slice of a completed transcript, from its session or from the list that is kept for consumers.
--
-- Input:
--   KEYS[1]  transcript, a list
--   KEYS[2]  the transcript kept for consumers, a list
--   ARGV[1]  first chunk
--   ARGV[2]  last chunk
--   ARGV[3]  bytes after which no further chunk is read
-- Output:
--   the chunks; fewer if the size is reached, none if the transcript no longer exists
local list = redis.call('EXISTS', KEYS[2]) == 1 and KEYS[2] or KEYS[1]
local chunks, bytes = {}, 0
for first = tonumber(ARGV[1]), tonumber(ARGV[2]), 16 do
  local read = redis.call('LRANGE', list, first, math.min(first + 15, tonumber(ARGV[2])))
  for _, chunk in ipairs(read) do
    chunks[#chunks + 1] = chunk
    bytes = bytes + #chunk
  end
  if #read == 0 or bytes >= tonumber(ARGV[3]) then
    break
  end
end
return chunks
