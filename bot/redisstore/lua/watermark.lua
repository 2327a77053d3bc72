-- watermark: moves a sender's watermark forward, never back.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 sender, 2 to, ms
-- Returns 1.
local before = redis.call('HGET', marksKey, ARGV[1])
if not before or tonumber(before) < tonumber(ARGV[2]) then redis.call('HSET', marksKey, ARGV[1], ARGV[2]) end
return 1
