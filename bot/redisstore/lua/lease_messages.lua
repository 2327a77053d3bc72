-- lease_messages: takes heads of outboxes that are due, and leases that were lost.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 lease, 3 pace, 4 how many at most
-- Returns the leases, flat, eight values each (held in outbox.lua). People in conversation come first, then
-- the oldest; which sender is first changes with the clock, so that none starves another.
local most, count, answer = tonumber(ARGV[4]), 0, {}

-- resume leases a message again whose sending has no known end, unless a receipt says that it arrived.
local function resume(conv, sender, start, doubt, element)
  local attempts, _, class, task, sealed = parse(element)
  local status = tonumber(redis.call('HGET', outgoingKey(task), 'status') or '0')
  if status > 0 then
    redis.call('DEL', flightKey(conv))
    return follow(conv, sender, true)
  end
  if not take(sender) then return nil, true end
  if doubt == 0 then doubt = start end
  return send(conv, sender, attempts, class, task, sealed, doubt), false
end

local function serve(lane, sender)
  local due = redis.call('ZRANGEBYSCORE', dueKey(lane .. sender), '-inf', int(now), 'LIMIT', '0', int(most - count))
  for _, conv in ipairs(due) do
    local f = redis.call('HMGET', flightKey(conv), 'start', 'doubt', 'element')
    local lease, paced
    if f[3] then
      lease, paced = resume(conv, sender, tonumber(f[1]), tonumber(f[2]), f[3])
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

local senders = redis.call('SMEMBERS', sendersKey)
table.sort(senders)
for i = 1, #senders do
  local sender = senders[(i + now) % #senders + 1]
  if count < most then serve('r:', sender) end
  if count < most then serve('p:', sender) end
end
return answer
