-- Releases a lock, unless it lapsed and has another owner by now.
--
-- KEYS[1]  lock:{sku}
-- ARGV[1]  the mark of the owner
--
-- Returns 1 when it was released, 0 when it had another owner or none.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
