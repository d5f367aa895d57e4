-- Gives back part of what was reserved, but never more than it still weighs.
--
-- Input:
--   KEYS[i]   the state of policy i for its client; all keys are in one slot
--   ARGV[1]   when it was reserved, by Redis's clock in ms
--   ARGV[2]   units to give back
--   then two arguments for each policy:
--     kind      the algorithm's letter
--     argument  see refund() of the algorithm
-- Output:
--   number of policies that got something back

--- @include "clock"
--- @include "registry"

local reservedAt, units = tonumber(ARGV[1]), tonumber(ARGV[2])
local refunded = 0
for i, key in ipairs(KEYS) do
  local value = redis.call('GET', key)
  local ttl = value and redis.call('PTTL', key) or 0
  if ttl > 0 then
    local argument = tonumber(ARGV[2 * i + 2])
    refunded = refunded + functionOf(ARGV[2 * i + 1], 'refund')(key, value, ttl, units, reservedAt, argument)
  end
end
return refunded
