-- code: the conversation that a code to move by stands for.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 code, hashed
-- Returns conversation id; HEARD MISSING.
local till, conv = string.match(redis.call('GET', codeKey(ARGV[2])) or '', '^(%d+) (%S+)$')
if not conv or tonumber(till) <= now then return redis.error_reply('HEARD MISSING') end
return {conv}
