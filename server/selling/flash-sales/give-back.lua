-- Gives back the unit of an attempt that was certainly not accepted.
--
-- KEYS[1]  flashsale:stock:{productId}
-- KEYS[2]  flashsale:users:{productId}
-- ARGV[1]  the user
-- ARGV[2]  1 if the user may attempt again, 0 if an earlier attempt stands
--
-- Returns 1 when a unit was given back, 0 when the hot store has no stock of the sale.
if ARGV[2] == '1' then redis.call('SREM', KEYS[2], ARGV[1]) end
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('INCR', KEYS[1])
return 1
