-- Decides on a request by all of its policies at once: looks at every policy first, then charges all of them or none. The
-- clock is Redis's. Whatever is written gets its TTL in the same command.
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

local flags, n = tonumber(ARGV[1]), #KEYS
local claims, allowed = {}, 1

for i = 1, n do
  local at = 4 * i - 2
  local code, cost = ARGV[at], ARGV[at + 1]
  local kind = string.lower(code)
  -- All fields that look() sets are there at once, so that the table does not have to grow.
  local algorithm = algorithmOf(kind)
  local claim = { algorithm = algorithm, key = KEYS[i], cost = cost, isTaken = cost ~= '0', a = ARGV[at + 2], b = ARGV[at + 3], isChanged = false,
    keepsTtl = false, wait = 0, used = 0, state = 0 }
  if flags % 2 == 1 then
    local from = 4 * n + 3 * i - 1
    claim.restored = { floor = tonumber(ARGV[from]), left = tonumber(ARGV[from + 1]), owed = tonumber(ARGV[from + 2]) }
  end
  if algorithm.look(claim) == false then return { -1, now() } end
  if claim.wait > 0 and code == kind then allowed = 0 end
  claims[i] = claim
end

local reply = { allowed, 0, 0, 0 }
for i = 1, n do
  local claim = claims[i]
  local isCharged = allowed == 1 and claim.wait == 0 and claim.isTaken
  local remaining, reset = claim.algorithm.settle(claim, isCharged)
  reply[3 * i - 1], reply[3 * i], reply[3 * i + 1] = claim.wait, remaining, reset
end
if flags >= 2 then reply[3 * n + 2] = now() end
return reply
