-- cases: several cases, in one trip.
--
-- KEYS 1 the provider's prefix
-- ARGV references
-- Returns of each version, record, wrapped key; version '0' where there is none.
local all = {}
for i, ref in ipairs(ARGV) do
  local c = redis.call('HMGET', caseKey(ref), 'v', 'r', 'w')
  all[3 * i - 2], all[3 * i - 1], all[3 * i] = c[1] or '0', c[2] or '', c[3] or ''
end
return all
