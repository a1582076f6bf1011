-- Records the outcomes of a batch of buyers of one SKU.
--
-- KEYS[1]   stock:{sku}
-- KEYS[2]   admitted:{sku}
-- KEYS[3…]  two for each buyer: user_limit:user:{sku}, reservation:user:{sku}
--
-- ARGV[1]   TTL of user_limit:… in seconds
-- ARGV[2]   TTL of reservation:… in seconds
-- ARGV[3…]  three for each buyer: hold id and quantity (of `held` and `refused` only), and one of
--             held      the ledger holds the units for the buyer
--             refused   it does not
--             sold      the hold was sold
--             ended     the buyer has no units of the SKU any more; rebuild.lua counts them again
--
-- Returns nothing. A counter that does not exist is not created here: only rebuild.lua knows its first value.
local has_stock = redis.call('EXISTS', KEYS[1]) == 1

for buyer = 1, (#ARGV - 2) / 3 do
  local hold_id, quantity, outcome = ARGV[3 * buyer], ARGV[3 * buyer + 1], ARGV[3 * buyer + 2]
  local user_limit, reservation = KEYS[2 * buyer + 1], KEYS[2 * buyer + 2]

  if outcome == 'held' then
    local was_taken = redis.call('ZREM', KEYS[2], hold_id .. ':' .. quantity) == 1
    -- Without an admission the units are still on the counter, unless this is a repeated call for an earlier hold.
    local is_repeated = redis.call('GET', reservation) == hold_id or redis.call('EXISTS', user_limit) == 1
    if has_stock and not was_taken and not is_repeated then
      redis.call('DECRBY', KEYS[1], quantity)
    end
    redis.call('SET', reservation, hold_id, 'EX', ARGV[2])
  elseif outcome == 'refused' then
    if redis.call('ZREM', KEYS[2], hold_id .. ':' .. quantity) == 1 and has_stock then
      redis.call('INCRBY', KEYS[1], quantity)
    end
  elseif outcome == 'sold' then
    redis.call('SET', user_limit, '1', 'EX', ARGV[1])
    redis.call('DEL', reservation)
  else
    redis.call('DEL', user_limit, reservation)
  end
end
