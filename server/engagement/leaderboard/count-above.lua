-- Counts the users of the leaderboard who have a better score.
--
-- KEYS  the sorted set
-- ARGV  the score
--
-- Result: nil for a set that was not filled from the database; else the number
if not redis.call('ZSCORE', KEYS[1], '~filled') then return false end
return redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[1])
