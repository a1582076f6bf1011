-- Puts a value into the cache, unless it was invalidated while it was being loaded.
--
-- KEYS[1]  the key
-- ARGV[1]  the lease under which the value was loaded
-- ARGV[2]  the value; empty: there is none, and the lease is removed
-- ARGV[3]  TTL in ms
--
-- Returns 1 when the lease was still there, else 0.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
