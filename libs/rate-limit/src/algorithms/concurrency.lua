-- Concurrent requests: each holds a lease until it ends.
--   cost    id of the new lease, 0 to look only
--   a       maximum number of leases
--   b       lifetime of a lease, in ms
-- State: a sorted set of lease ids, scored by when they end (Redis's clock, ms).
if kind == 'l' then
  local retryMs = 1000

  if name == 'decide' then
    return function(key, cost, max, life)
      redis.call('ZREMRANGEBYSCORE', key, '-inf', now())
      local held, wait, addLease = redis.call('ZCARD', key), 0, nil
      if cost ~= '0' and held - max >= 0 then
        wait = retryMs
      elseif cost ~= '0' then
        held = held + 1
        function addLease()
          redis.call('ZADD', key, now() + life, cost)
          redis.call('PEXPIRE', key, life)
        end
      end
      return wait, math.max(0, max - held), held > 0 and tonumber(life) or 0, addLease, 0
    end
  end
end
