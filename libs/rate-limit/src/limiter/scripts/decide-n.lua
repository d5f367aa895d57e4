-- Decides on a request by all of its policies at once, and charges all of them or none. The clock is Redis's. Whatever is
-- written gets its TTL in the same command.
--
-- Input:
--   KEYS[i]   the state of policy i for its client; all keys are in one slot
--   ARGV[1]   sum of flags: 1 restores what Redis may have lost, 2 returns the time
--   then four arguments for each policy:
--     kind    the algorithm's letter; an upper-case letter is shadow mode, which never refuses
--     cost    units, 0 to look only
--     a, b    see the algorithm
--   then, with flag 1, three arguments for each policy:
--     floor   the minimum usage, in the algorithm's measure
--     left    ms until the floor no longer counts
--     owed    units admitted without Redis
-- Output:
--   {1 or 0, then for each policy: ms to wait or 0, units remaining, ms until all (sliding window: more) are available; with
--   flag 2 the time in ms at the end}
--   {-1, the time in ms} if the arguments do not fit the time; nothing is charged

--- @include "clock"
--- @include "registry"

local flags, n, allowed = ARGV[1], #KEYS, 1
local restores = flags == '1' or flags == '3'
-- `writes` has the state to write and its TTL for each policy. Both tables have room for three policies: growing costs time.
local writes = { nil, nil, nil, nil, nil, nil }
local reply = { 1, nil, nil, nil, nil, nil, nil, nil, nil, nil }
local decide, kind, lastCode

-- If a policy refuses, the second pass only looks at those that admit.
for pass = 1, 2 do
  for i = 1, n do
    local at, to = 4 * i - 2, 3 * i
    if pass == 1 or reply[to - 1] == 0 then
      local code, cost, restored = ARGV[at], pass == 1 and ARGV[at + 1] or '0', nil
      if code ~= lastCode then
        kind, lastCode = string.lower(code), code
        decide = functionOf(kind, 'decide')
      end
      if restores then
        local from = 4 * n + to - 1
        restored = { floor = tonumber(ARGV[from]), left = tonumber(ARGV[from + 1]), owed = tonumber(ARGV[from + 2]) }
      end
      local wait, remaining, reset, state, ttl = decide(KEYS[i], cost, ARGV[at + 2], ARGV[at + 3], restored)
      if not wait then return { -1, now() } end
      if wait > 0 and code == kind then allowed = 0 end
      reply[to - 1], reply[to], reply[to + 1] = wait, remaining, reset
      writes[2 * i - 1], writes[2 * i] = state, ttl
    end
  end
  if allowed == 1 then break end
end

for i = 1, n do
  local state, ttl = writes[2 * i - 1], writes[2 * i]
  if not state then -- nothing has changed
  elseif not ttl then redis.call('SET', KEYS[i], state, 'KEEPTTL')
  elseif ttl == 0 then state()
  else redis.call('SET', KEYS[i], state, 'PX', ttl) end
end
reply[1] = allowed
if flags >= '2' then reply[3 * n + 2] = now() end
return reply
