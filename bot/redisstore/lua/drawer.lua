-- drawer: writes or removes a record of a drawer, and lets go what is over.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now  2 the keys that sealed it  3 drawer  4 id
--      5 the version it must have, 0: none; '' to remove it whatever it has
--      6 for how long, ms; 0: for good  7 sealed
-- Returns 1. HEARD STALE, CONFLICT.
if redis.call('GET', sealingKey) ~= ARGV[2] then return redis.error_reply('HEARD STALE') end
local drawer, id = ARGV[3], ARGV[4]
if ARGV[5] == '' then
  redis.call('HDEL', drawerKey(drawer), id)
  redis.call('ZREM', drawerEndsKey(drawer), id)
  return 1
end
local over = redis.call('ZRANGEBYSCORE', drawerEndsKey(drawer), '-inf', int(now), 'LIMIT', '0', '100')
for _, old in ipairs(over) do
  redis.call('HDEL', drawerKey(drawer), old)
  redis.call('ZREM', drawerEndsKey(drawer), old)
end
local version, till = string.match(redis.call('HGET', drawerKey(drawer), id) or '', '^(%d+) (%d+) ')
if version and till ~= '0' and tonumber(till) <= now then version = nil end
if (version or '0') ~= ARGV[5] then return redis.error_reply('HEARD CONFLICT') end
local ends = ARGV[6] == '0' and '0' or int(now + ARGV[6])
redis.call('HSET', drawerKey(drawer), id, int(ARGV[5] + 1) .. ' ' .. ends .. ' ' .. ARGV[7])
if ends == '0' then
  redis.call('ZREM', drawerEndsKey(drawer), id)
else
  redis.call('ZADD', drawerEndsKey(drawer), ends, id)
end
return 1
