-- Marks the leaderboard as filled from the database, if nothing of it was lost since the filling began.
--
-- KEYS  the sorted set
-- ARGV  the mark that was put there at the beginning; the milliseconds after which the set is filled anew
--
-- Result: 1 if it is filled
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], '+inf', '~filled')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
