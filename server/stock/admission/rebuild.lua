-- Sets the counter of one SKU to the units that the ledger has available, less the units of admissions that the ledger has
-- not decided yet. Admissions older than ARGV[4] belong to servers that died: they are dropped, and their units count
-- again.
--
-- KEYS[1]   stock:{sku}
-- KEYS[2]   admitted:{sku}
-- KEYS[3]   stock_sequence:{sku}   the stock movement up to which the counter was built
--
-- ARGV[1]   units that the ledger has available
-- ARGV[2]   number of the last stock movement in ARGV[1]
-- ARGV[3]   TTL of the counter in seconds
-- ARGV[4]   time in ms after which an admission is an orphan
--
-- Returns 1 when the counter was set, 0 when it was built from a newer state of the ledger before.
local built_from = tonumber(redis.call('GET', KEYS[3]))
if built_from ~= nil and built_from > tonumber(ARGV[2]) then return 0 end

local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now_ms - ARGV[4])

local under_way = 0
for _, admission in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  under_way = under_way + tonumber(string.match(admission, ':(%d+)$'))
end
redis.call('SET', KEYS[1], ARGV[1] - under_way, 'EX', ARGV[3])
redis.call('SET', KEYS[3], ARGV[2], 'EX', ARGV[3])
return 1
