-- Gives a lock back, unless it lapsed and is somebody else's by now.
--
-- KEYS[1]  lock:{sku}
-- ARGV[1]  the owner's own mark
--
-- Returns 1 when it was given back, 0 when it was not the owner's any more.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
