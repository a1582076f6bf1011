-- Reads a part of the leaderboard.
--
-- KEYS  the sorted set: each user with their points below zero, so that most points come first
-- ARGV  limit; then, unless it is the first page, the score and the id of the user after whom the page begins
--
-- Result: nil for a set that was not filled from the database; else the users before the page, those of them with a better
-- score than the first of the page, and the page as id and score by turns
if not redis.call('ZSCORE', KEYS[1], '~filled') then return false end
local before = 0
if ARGV[2] then
  -- Comes right after that user, and before all that come later, also if the user has another score by now.
  local marker = ARGV[3] .. '!'
  redis.call('ZADD', KEYS[1], ARGV[2], marker)
  before = redis.call('ZRANK', KEYS[1], marker)
  redis.call('ZREM', KEYS[1], marker)
end
local page = redis.call('ZRANGE', KEYS[1], before, before + ARGV[1] - 1, 'WITHSCORES')
local above = 0
if page[2] then above = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. page[2]) end
return { before, above, page }
