-- lookup: what a message meets, in one trip.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 conversation id
-- Returns conversation id, version, record, case, case's version, record, wrapped key;
-- versions '0' where there is none.
local id = ARGV[1]
local c = redis.call('HMGET', conversationKey(id), 'v', 'r', 'k')
local case = {}
if c[3] and c[3] ~= '' then
  case = redis.call('HMGET', caseKey(c[3]), 'v', 'r', 'w')
end
return {id, c[1] or '0', c[2] or '', c[3] or '', case[1] or '0', case[2] or '', case[3] or ''}
