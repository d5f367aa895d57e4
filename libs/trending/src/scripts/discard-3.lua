-- Empties the staging area, if it is still ours.
--
-- Input:
--   KEYS[1]  next, a set
--   KEYS[2]  next's ranking
--   KEYS[3]  next's meta, a hash
--   ARGV[1]  fencing number
-- Output:
--   1 emptied, 0 it is another's or gone
if redis.call('HGET', KEYS[3], 'fence') ~= ARGV[1] then
  return 0
end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
return 1
