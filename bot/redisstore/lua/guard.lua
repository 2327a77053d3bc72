-- guard: takes or renews the lease of a name.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 name, 3 instance, 4 for how long, ms
-- Returns 1 if the instance holds it. One that would last longer than any may was taken by a clock that ran ahead.
local g = redis.call('HMGET', guardKey(ARGV[2]), 'holder', 'until')
local till = tonumber(g[2] or '0')
if g[1] and g[1] ~= ARGV[3] and till > now and till <= now + tonumber(ARGV[4]) + 300000 then return 0 end
redis.call('HSET', guardKey(ARGV[2]), 'holder', ARGV[3], 'until', int(now + tonumber(ARGV[4])))
return 1
