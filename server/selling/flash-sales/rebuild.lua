-- Fills the hot store with a sale as the database has it.
--
-- KEYS[1]  flashsale:stock:{productId}   attempts that can still be accepted
-- KEYS[2]  flashsale:users:{productId}   the set of users who have attempted
-- ARGV[1]  the stock
-- ARGV     the users
--
-- Returns how many users there are.
redis.call('SET', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
for place = 2, #ARGV do redis.call('SADD', KEYS[2], ARGV[place]) end
return #ARGV - 1
