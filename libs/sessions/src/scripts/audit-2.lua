-- Sets a tenant's total to the sum of its ledger, unless the ledger is too long to add up in one step.
--
-- Input:
--   KEYS[1]  the tenant's ledger, a hash
--   KEYS[2]  the tenants' totals, a hash
--   ARGV[1]  the tenant's field of the totals
--   ARGV[2]  maximum number of sessions to add up
-- Output:
--   the bytes by which the total was wrong
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[2]) then
  return 0
end
local sum = 0
for _, bytes in ipairs(redis.call('HVALS', KEYS[1])) do
  sum = sum + tonumber(bytes)
end
local difference = sum - tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or 0)
if difference ~= 0 then
  redis.call('HINCRBY', KEYS[2], ':total', difference)
end
if sum > 0 then
  redis.call('HSET', KEYS[2], ARGV[1], sum)
else
  redis.call('HDEL', KEYS[2], ARGV[1])
end
return difference
