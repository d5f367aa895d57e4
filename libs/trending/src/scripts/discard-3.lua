-- Deletes the staging area if it still belongs to the caller.
--
-- Input:
--   KEYS[1]  next, a set
--   KEYS[2]  next's ranking
--   KEYS[3]  next's meta, a hash
--   ARGV[1]  fencing token
-- Output:
--   1 if deleted, 0 if another writer owns the area or it does not exist
if redis.call('HGET', KEYS[3], 'fence') ~= ARGV[1] then
  return 0
end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
return 1
