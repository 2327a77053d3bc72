-- staff_tasks: what is to be done, soonest due first.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 how many at most
-- Returns id and "<case or -> <sealed task>", flat.
local answer = {}
for _, id in ipairs(redis.call('ZRANGE', taskDueKey, '0', string.format('%d', tonumber(ARGV[1]) - 1))) do
  answer[#answer + 1] = id
  answer[#answer + 1] = redis.call('HGET', tasksKey, id)
end
return answer
