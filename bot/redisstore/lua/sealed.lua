-- sealed: all that a conversation holds sealed, at one moment, so that nothing moves from one place to another unseen.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 conversation id
-- Returns key without its prefix, field (of a list: index) and value, flat.
local id, answer = ARGV[1], {}

local function tell(key, field, value)
  answer[#answer + 1] = string.sub(key, #P + 1)
  answer[#answer + 1] = field
  answer[#answer + 1] = value
end

for _, field in ipairs({'r', 'f'}) do
  local value = redis.call('HGET', conversationKey(id), field)
  if value then tell(conversationKey(id), field, value) end
end
for _, key in ipairs({keptKey(id), helpKey(id), outboxKey(id), parkedKey(id), asideKey(id)}) do
  for at, value in ipairs(redis.call('LRANGE', key, 0, -1)) do tell(key, string.format('%d', at - 1), value) end
end
for at, value in ipairs(redis.call('HGETALL', sentKey(id))) do
  if at % 2 == 1 then tell(sentKey(id), value, redis.call('HGET', sentKey(id), value)) end
end
return answer
