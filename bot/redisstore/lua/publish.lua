-- publish: stores a flow's structure for good, its newest wording, and moves the pointer.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 flow, 2 hash of the structure, 3 structure, 4 wording
-- Returns 1; HEARD REPEATED if the hash belongs to another structure.
local before = redis.call('HMGET', flowKey(ARGV[2]), 'flow', 'structure')
if before[2] and (before[2] ~= ARGV[3] or before[1] ~= ARGV[1]) then return redis.error_reply('HEARD REPEATED') end
redis.call('HSET', flowKey(ARGV[2]), 'flow', ARGV[1], 'structure', ARGV[3], 'wording', ARGV[4])
redis.call('HSET', pointersKey, ARGV[1], ARGV[2])
return 1
