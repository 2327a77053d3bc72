-- watermark: moves a sender's watermark forward, never back, but where it is still to come: a clock that ran ahead
-- noted it.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 sender, 2 to, ms
-- Returns 1.
local before = redis.call('HGET', marksKey, ARGV[1])
local to = tonumber(ARGV[2])
if not before or tonumber(before) < to or tonumber(before) > to + 300000 then redis.call('HSET', marksKey, ARGV[1], ARGV[2]) end
return 1
