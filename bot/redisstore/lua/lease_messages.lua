-- lease_messages: takes heads of outboxes that are due, and leases that were lost.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 lease, 3 pace, 4 how many at most, 5 ms for which what was lost is left to who had it, 6... senders that are full: none for them
-- Returns the leases, flat, nine values each (held in outbox.lua). People in conversation come first, then
-- the oldest; which sender is first changes with the clock, so that none starves another.
local most, left, count, answer = tonumber(ARGV[4]), tonumber(ARGV[5]), 0, {}

-- resume leases a message again whose sending has no known end, unless a receipt says that it arrived.
local function resume(conv, sender, f)
  local _, status = noted(f.task)
  if (status or '0') ~= '0' then
    redis.call('HDEL', conversationKey(conv), 'f')
    return follow(conv, sender, true)
  end
  if left > 0 and f.token ~= '0' then
    schedule(conv, sender, f.class, now + left)
    return nil, false
  end
  local may, at = take(sender, conv)
  if not may then
    if at then schedule(conv, sender, f.class, at) end
    return nil, not at
  end
  local doubt = f.doubt == 0 and f.start or f.doubt
  return send(conv, sender, f.attempts, f.class, f.task, f.sealed, doubt), false
end

local function serve(lane, sender)
  local due = redis.call('ZRANGEBYSCORE', dueKey(lane .. sender), '-inf', int(now), 'LIMIT', '0', int(most - count))
  for _, conv in ipairs(due) do
    local f = under_way(redis.call('HGET', conversationKey(conv), 'f'))
    local lease, paced
    if f then
      lease, paced = resume(conv, sender, f)
    else
      lease, paced = follow(conv, sender, true)
    end
    if lease then
      append(answer, lease)
      count = count + 1
    elseif paced then
      return
    end
  end
end

local full = {}
for j = 6, #ARGV do full[ARGV[j]] = true end
local senders = redis.call('SMEMBERS', sendersKey)
table.sort(senders)
for i = 1, #senders do
  local sender = senders[(i + now) % #senders + 1]
  if count < most and not full[sender] then serve('r:', sender) end
  if count < most and not full[sender] then serve('p:', sender) end
end
return answer
