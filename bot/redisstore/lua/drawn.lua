-- drawn: reads a record of a drawer, or all of them.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now  2 drawer  3 id, or '' for all
-- Returns id and "<version> <until> <sealed>" of what is not over, flat.
local answer, all = {}, nil
if ARGV[3] == '' then
  all = redis.call('HGETALL', drawerKey(ARGV[2]))
else
  all = {ARGV[3], redis.call('HGET', drawerKey(ARGV[2]), ARGV[3]) or nil}
end
for i = 1, #all, 2 do
  local till = string.match(all[i + 1] or '', '^%d+ (%d+) ')
  if till and (till == '0' or tonumber(till) > now) then
    answer[#answer + 1] = all[i]
    answer[#answer + 1] = all[i + 1]
  end
end
return answer
