local made, algorithmOf = {}, nil

-- Returns the units in a state, whichever algorithm, rate or program wrote it; 0 for an unknown format.
local function storedUnits(value, ttl)
  for letter in string.gmatch('abcdefghijklmnopqrstuvwxyz', '.') do
    local algorithm = algorithmOf(letter)
    local units = algorithm and algorithm.unitsOf and algorithm.unitsOf(value, ttl)
    if units then return units end
  end
  return 0
end

-- Returns the functions of an algorithm. They are made on first use, because most requests need a single algorithm.
--   look(claim)               reads the state; sets claim.wait if the claim has to wait, and claim.used and claim.state for
--                             settle(); returns false if the arguments do not fit the time
--   settle(claim, isCharged)  charges the claim, or writes what look() has changed; returns the units remaining and the ms until
--                             all (sliding window: more) are available
--   refund(key, value, ttl, units, reservedAt, argument)  returns 1 if it gave something back, otherwise 0
--   unitsOf(value, ttl)       returns the units in a state, or false if it has another algorithm's format
function algorithmOf(kind)
  if made[kind] then return made[kind] end
  local algorithm
  --- @include "algorithms/*"
  made[kind] = algorithm
  return algorithm
end
