-- audit: appends a line to the audit log.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 the keys that sealed it  2 its number  3 the line
-- Returns 1. HEARD STALE, CONFLICT: another line has this number.
if redis.call('GET', sealingKey) ~= ARGV[1] then return redis.error_reply('HEARD STALE') end
if redis.call('HLEN', auditKey) + 1 ~= tonumber(ARGV[2]) then return redis.error_reply('HEARD CONFLICT') end
redis.call('HSET', auditKey, ARGV[2], ARGV[3])
return 1
