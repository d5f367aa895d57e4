-- Requests under way: a is how many there may be, b the life of a lease in ms; the cost is the id of the new lease, '' to
-- look only.
-- State: a sorted set of lease ids by when they end, by Redis's clock in ms.
local function concurrency()
  local function look(p)
    local most, life = tonumber(p.a), tonumber(p.b)
    redis.call('ZREMRANGEBYSCORE', p.key, '-inf', now())
    local held = redis.call('ZCARD', p.key)
    p.isTaken = p.id ~= ''
    p.wait = p.isTaken and held >= most and 1000 or 0
    local taken = p.isTaken and p.wait == 0 and 1 or 0
    p.remaining, p.reset = math.max(0, most - held - taken), held + taken > 0 and life or 0
    p.uncharged, p.unchargedReset = math.max(0, most - held), held > 0 and life or 0
  end

  local function charge(p)
    redis.call('ZADD', p.key, now() + p.b, p.id)
    redis.call('PEXPIRE', p.key, p.b)
  end

  return { look = look, charge = charge }
end
