-- Admits the buyers of a batch, all of one SKU, in their order, while the counter has units.
--
-- KEYS[1]   stock:{sku}       units that nobody was admitted for, an integer
-- KEYS[2]   admitted:{sku}    admissions that the ledger has not decided yet: "hold id:quantity", scored by
--                             the time in ms (zset)
-- KEYS[3…]  two for each buyer: user_limit:user:{sku}, reservation:user:{sku}
--
-- ARGV[1]   TTL of admitted:{sku} in seconds
-- ARGV[2…]  two for each buyer: hold id, quantity
--
-- Returns one word for each buyer:
--   taken      the units were taken off the counter
--   known      the buyer has, or had a short while ago, units of the SKU; nothing was taken
--   short      the counter has too few; nothing was taken
--   uncounted  there is no counter; nothing was taken
local stock = tonumber(redis.call('GET', KEYS[1]))
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)

local words = {}
local taken = 0
for buyer = 1, (#ARGV - 1) / 2 do
  local hold_id, quantity = ARGV[2 * buyer], tonumber(ARGV[2 * buyer + 1])
  if redis.call('EXISTS', KEYS[2 * buyer + 1], KEYS[2 * buyer + 2]) > 0 then
    words[buyer] = 'known'
  elseif stock == nil then
    words[buyer] = 'uncounted'
  elseif stock - taken < quantity then
    words[buyer] = 'short'
  elseif redis.call('ZADD', KEYS[2], 'NX', now_ms, hold_id .. ':' .. quantity) == 0 then
    words[buyer] = 'known'
  else
    words[buyer] = 'taken'
    taken = taken + quantity
  end
end

if taken > 0 then
  redis.call('DECRBY', KEYS[1], taken)
  redis.call('EXPIRE', KEYS[2], ARGV[1])
end
return words
