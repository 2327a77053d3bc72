-- backlog: how much waits, and for how long.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now
-- Returns, flat: messages that are due and how long the first of them has been, ms; timers the same; staff tasks in all
-- and overdue; how long ago the inbox was listed in full that was so the longest time ago, ms.
local function due(key)
  local count = redis.call('ZCOUNT', key, '-inf', int(now))
  local first = redis.call('ZRANGE', key, '0', '0', 'WITHSCORES')
  local age = first[2] and math.max(0, now - tonumber(first[2])) or 0
  return count, age
end

local messages, oldest = 0, 0
for _, sender in ipairs(redis.call('SMEMBERS', sendersKey)) do
  for _, lane in ipairs({'r:', 'p:'}) do
    local count, age = due(dueKey(lane .. sender))
    messages, oldest = messages + count, math.max(oldest, age)
  end
end
local timers, late = due(timersKey)
local overdue = due(taskDueKey)
local listed = 0
local marks = redis.call('HGETALL', marksKey)
for i = 1, #marks, 2 do
  if not string.find(marks[i], '/', 1, true) then listed = math.max(listed, now - tonumber(marks[i + 1])) end
end
return {int(messages), int(oldest), int(timers), int(late), int(redis.call('ZCARD', taskDueKey)), int(overdue), int(listed)}
