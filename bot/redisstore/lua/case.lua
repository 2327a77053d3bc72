-- case: a case and the sealed link from its handle.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 reference
-- Returns version, record, wrapped key, handle, link; or HEARD MISSING.
local c = redis.call('HMGET', caseKey(ARGV[1]), 'v', 'r', 'w', 'h')
if not c[1] then return redis.error_reply('HEARD MISSING') end
return {c[1], c[2], c[3], c[4], redis.call('GET', handleKey(c[4])) or ''}
