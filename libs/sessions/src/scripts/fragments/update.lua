-- What every way of updating a session has in common. KEYS and ARGV are those of `update-2.lua`; the changes are the arguments
-- from `first` on: the number of fields to set, then field and value in turn, then the fields to remove.

-- Checks an update. Returns the reply for one that changes nothing; otherwise nil and the bytes that it adds.
local function planUpdate(first)
  if ownerOf(KEYS[1], redis.call('HGET', KEYS[1], 'tenant_id')) ~= ARGV[1] then
    return {'missing'}
  end
  if ARGV[4] ~= 'any' then
    local state = redis.call('HGET', KEYS[1], 'state')
    if (state and redis.sha1hex(state) or 'none') ~= ARGV[4] then
      return {'changed', state or nil}
    end
  end
  local firstRemoved = first + 1 + 2 * tonumber(ARGV[first])
  local fields, added = redis.call('HLEN', KEYS[1]), 0
  for index = first + 1, firstRemoved - 1, 2 do
    local field, value = ARGV[index], ARGV[index + 1]
    added = added + #value - redis.call('HSTRLEN', KEYS[1], field)
    if redis.call('HEXISTS', KEYS[1], field) == 0 then
      fields = fields + 1
      added = added + #field
    end
  end
  for index = firstRemoved, #ARGV do
    if redis.call('HEXISTS', KEYS[1], ARGV[index]) == 1 then
      fields = fields - 1
      added = added - #ARGV[index] - redis.call('HSTRLEN', KEYS[1], ARGV[index])
    end
  end
  if fields > tonumber(ARGV[3]) then
    return {'too-many', fields}
  end
  return nil, added
end

-- Makes the changes and extends the session. Returns the script's reply.
local function applyUpdate(first)
  local firstRemoved = first + 1 + 2 * tonumber(ARGV[first])
  for index = first + 1, firstRemoved - 1, 2 do
    redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1])
  end
  for index = firstRemoved, #ARGV do
    redis.call('HDEL', KEYS[1], ARGV[index])
  end
  local ttlMs = ttlAfterUse(KEYS[1], ARGV[2])
  extendTo(KEYS[1], KEYS[2], ttlMs)
  local reply = redis.call('HGETALL', KEYS[1])
  table.insert(reply, 1, ttlMs)
  table.insert(reply, 1, 'ok')
  return reply
end
