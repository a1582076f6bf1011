-- Decides a batch of attempts at one sale, in their order: takes one unit a user.
--
-- KEYS[1]  flashsale:stock:{productId}   attempts that can still be accepted
-- KEYS[2]  flashsale:users:{productId}   the set of users who have attempted
-- ARGV     the users
--
-- Returns one answer per user: 1 accepted, 0 sold out, -1 has attempted before; or nothing at all when there is no
-- stock key, because nobody has filled the hot store or it has forgotten.
local stock = tonumber(redis.call('GET', KEYS[1]))
if not stock then return {} end
local answers, taken = {}, 0
for place, user in ipairs(ARGV) do
  if redis.call('SISMEMBER', KEYS[2], user) == 1 then
    answers[place] = -1
  elseif stock - taken <= 0 then
    answers[place] = 0
  else
    redis.call('SADD', KEYS[2], user)
    taken = taken + 1
    answers[place] = 1
  end
end
if taken > 0 then redis.call('DECRBY', KEYS[1], taken) end
return answers
