-- Decides on a request by all of its policies at once: every policy is looked at first, then all are charged or none.
-- The clock is Redis's. What is written expires by itself, in the same command.
--
-- Input:
--   KEYS[i]   the state of policy i for its client, all in one slot
--   ARGV[1]   sum of: 1 to restore what a lost server knew, 2 to be told the time
--   then four arguments a policy:
--     kind    g GCRA, s sliding window, f fixed window, c calendar quota, l leases; upper case: shadow, never refuses
--     cost    in units, 0 to look only; of leases the id of the new one, '' to look only
--     a, b    as the algorithm's own file says
--   then, to restore, three arguments a policy (leases: not looked at):
--     floor   what is known to be used at least: g ms of debt, else units
--     left    not g: ms until what the floor tells of no longer counts
--     owed    units admitted meanwhile, without Redis
-- Output:
--   {1 or 0, then a policy: ms to wait or 0, units remaining, ms until all are back (s: until more are); at last the time in
--   ms if asked for}
--
-- Whatever state another rate, algorithm or program left behind is kept in units.

--- @include "gcra-fast"
--- @include "sliding-window-fast"

if ARGV[1] ~= '1' and ARGV[1] ~= '3' then
  local reply
  if ARGV[2] == 's' then reply = decideOnWindows(#KEYS) elseif ARGV[1] == '0' then reply = decideOnGcras(#KEYS) end
  if reply then return reply end
end

--- @include "clock"
--- @include "foreign-state"
--- @include "sliding-window"
--- @include "gcra"
--- @include "fixed-window"
--- @include "concurrency"

-- Functions of an algorithm are made when a policy needs them: most requests need but one's.
local makers = { g = gcra, s = slidingWindow, f = fixedWindow, c = fixedWindow, l = concurrency }
local algorithms = {}
local flags, n = tonumber(ARGV[1]), #KEYS
local policies, allowed = {}, 1

for i = 1, n do
  local at = 4 * i - 2
  local code = ARGV[at]
  local kind = string.lower(code)
  local cost = tonumber(ARGV[at + 1]) or 0
  local algorithm = algorithms[kind]
  if not algorithm then algorithm = makers[kind]() algorithms[kind] = algorithm end
  -- All fields at once, so that the table need not grow.
  local p = { algorithm = algorithm, kind = kind, key = KEYS[i], id = ARGV[at + 1], cost = cost, isTaken = cost > 0,
    a = ARGV[at + 2], b = ARGV[at + 3], floor = 0, left = 0, owed = 0, isChanged = false,
    wait = 0, remaining = 0, reset = 0, uncharged = 0, unchargedReset = 0 }
  if flags % 2 == 1 then
    local from = 4 * n + 3 * i - 1
    p.floor, p.left, p.owed = tonumber(ARGV[from]), tonumber(ARGV[from + 1]), tonumber(ARGV[from + 2])
  end
  algorithm.look(p)
  if p.wait > 0 and code == kind then allowed = 0 end
  policies[i] = p
end

local reply = { allowed }
for i = 1, n do
  local p = policies[i]
  local isCharged = allowed == 1 and p.wait == 0 and p.isTaken
  if isCharged then p.algorithm.charge(p)
  -- Of a refusal, or a look, only what was restored or converted is written.
  elseif p.isChanged then p.algorithm.keep(p) end
  local at = 3 * i - 1
  reply[at] = p.wait
  if isCharged or p.wait > 0 then reply[at + 1], reply[at + 2] = p.remaining, p.reset
  else reply[at + 1], reply[at + 2] = p.uncharged, p.unchargedReset end
end
if flags >= 2 then reply[#reply + 1] = now() end
return reply
