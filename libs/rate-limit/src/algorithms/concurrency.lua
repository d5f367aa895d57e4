-- Concurrent requests: each holds a lease until it ends.
--   cost    id of the new lease, 0 to look only
--   a       maximum number of leases
--   b       lifetime of a lease, in ms
-- State: a sorted set of lease ids, scored by when they end (Redis's clock, ms).
if kind == 'l' then
  local retryMs = 1000

  local function look(claim)
    redis.call('ZREMRANGEBYSCORE', claim.key, '-inf', now())
    claim.used = redis.call('ZCARD', claim.key)
    if claim.used - claim.a >= 0 and claim.isTaken then claim.wait = retryMs end
  end

  local function settle(claim, isCharged)
    local held = claim.used
    if isCharged then
      held = held + 1
      redis.call('ZADD', claim.key, now() + claim.b, claim.cost)
      redis.call('PEXPIRE', claim.key, claim.b)
    end
    return math.max(0, claim.a - held), held > 0 and tonumber(claim.b) or 0
  end

  algorithm = { look = look, settle = settle }
end
