-- Makes a function of an algorithm, or returns nil if it has none of that name. Functions are made where they are needed,
-- because making one takes longer than calling it.
--   decide(key, cost, a, b, restored)  reads the state and decides, but writes nothing. The cost '0' only looks. `restored` has
--                                      the fields floor, left and owed, or is nil. Returns
--                                        the ms to wait, 0 if it admits the cost; nil if the arguments do not fit the time
--                                        the units remaining, less the cost if it is admitted
--                                        the ms until all (sliding window: more) are available
--                                        the state to write, or a function that writes it; nil if nothing has changed
--                                        the state's TTL in ms, or nil if the key keeps the one that it has
--   refund(key, value, ttl, units, reservedAt, argument)  returns 1 if it gave something back, otherwise 0
--   unitsOf(value, ttl)                returns the units in a state, or false if it has another algorithm's format
-- Without a kind, storedUnits(value, ttl) returns the units in a state, whichever algorithm, rate or program wrote it; 0 for
-- an unknown format.
local function functionOf(kind, name)
  --- @include "algorithms/*"
  if name == 'storedUnits' then
    return function(value, ttl)
      for each in string.gmatch('abcdefghijklmnopqrstuvwxyz', '.') do
        local unitsOf = functionOf(each, 'unitsOf')
        local units = unitsOf and unitsOf(value, ttl)
        if units then return units end
      end
      return 0
    end
  end
end
