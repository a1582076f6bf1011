-- Decides a batch of attempts at one sale, in their order, and takes one unit per accepted user.
--
-- KEYS[1]   flashsale:stock:{productId}   attempts that can still be accepted
-- KEYS[2]   flashsale:users:{productId}   the set of users who have attempted
--
-- ARGV[1]   TTL of the users in seconds
-- ARGV[2…]  the users
--
-- Returns one number per user: 1 accepted, 0 sold out, -1 has attempted before; an empty list when there is no stock key,
-- because the hot store is not filled or has lost its data.
local stock = tonumber(redis.call('GET', KEYS[1]))
if not stock then return {} end

local answers, taken = {}, 0
for place = 2, #ARGV do
  local answer = 0
  if redis.call('SISMEMBER', KEYS[2], ARGV[place]) == 1 then
    answer = -1
  elseif stock > taken then
    redis.call('SADD', KEYS[2], ARGV[place])
    taken = taken + 1
    answer = 1
  end
  answers[place - 1] = answer
end

if taken > 0 then
  redis.call('DECRBY', KEYS[1], taken)
  redis.call('EXPIRE', KEYS[2], ARGV[1])
end
return answers
