-- Shared: the outbox. ARGV[2] is the length of a lease in ms, ARGV[3] the pace as
-- "sms=<millionths of a message per ms>,..." or empty.
--
-- An element is "<attempts> <not before, ms> <class> <task> <sealed message>"; its
-- class is h (help), r (reply) or p (prompt). The message under way is in the
-- flight hash, so that help may overtake what is not. The due index holds each
-- conversation once: by when its next message may go, or by when its lease ends.
local LEASE, RATES, MESSAGE, WEEK = tonumber(ARGV[2]), ARGV[3], 1000000, 8 * 86400000

local function parse(element)
  local _, stop, attempts, after, class, task = string.find(element, '^(%d+) (%d+) (%a) (%S+) ')
  return tonumber(attempts), tonumber(after), class, task, string.sub(element, stop + 1)
end

local function format(attempts, after, class, task, sealed)
  return int(attempts) .. ' ' .. int(after) .. ' ' .. class .. ' ' .. task .. ' ' .. sealed
end

-- schedule says when to look at a conversation next. People in conversation have
-- a lane of their own, which goes first. mode LT keeps an older place in the line.
local function schedule(conv, sender, class, at, mode)
  local lane, other = 'r:', 'p:'
  if class == 'p' then lane, other = 'p:', 'r:' end
  if mode then
    redis.call('ZADD', dueKey(lane .. sender), mode, int(at), conv)
  else
    redis.call('ZADD', dueKey(lane .. sender), int(at), conv)
  end
  redis.call('ZREM', dueKey(other .. sender), conv)
end

-- take spends one message of the sender's pace; false: not yet. A clock that went
-- back begins a new bucket.
local function take(sender)
  local bucket = redis.call('HMGET', paceKey(sender), 'tokens', 'at', 'hold')
  if bucket[3] and tonumber(bucket[3]) > now then return false end
  local rate = tonumber(string.match(RATES, string.match(sender, '^%a*') .. '=(%d+)') or '0')
  if rate == 0 then return true end
  local tokens = math.max(MESSAGE, rate * 1000)
  if bucket[1] and tonumber(bucket[2]) <= now then
    tokens = math.min(tokens, tonumber(bucket[1]) + (now - tonumber(bucket[2])) * rate)
  end
  if tokens < MESSAGE then return false end
  redis.call('HSET', paceKey(sender), 'tokens', int(tokens - MESSAGE), 'at', int(now))
  return true
end

-- held describes the lease of the message under way:
-- conversation, token, ms left, attempt, doubt, conversation's record, task, message.
local function held(conv)
  local f = redis.call('HMGET', flightKey(conv), 'token', 'until', 'doubt', 'element')
  local attempts, _, _, task, sealed = parse(f[4])
  local record = redis.call('HGET', conversationKey(conv), 'r') or ''
  return {conv, f[1], int(math.max(0, tonumber(f[2]) - now)), int(attempts), f[3], record, task, sealed}
end

-- send leases a message: from now on it is being sent. known: leave out the record.
local function send(conv, sender, attempts, class, task, sealed, doubt, known)
  local token = int(redis.call('INCR', tokenKey))
  redis.call('HSET', flightKey(conv), 'token', token, 'until', int(now + LEASE), 'start', int(now),
    'doubt', int(doubt), 'element', format(attempts + 1, 0, class, task, sealed))
  redis.call('HSET', outgoingKey(task), 'conversation', conv)
  redis.call('PEXPIRE', outgoingKey(task), int(WEEK))
  schedule(conv, sender, class, now + LEASE)
  local record = not known and redis.call('HGET', conversationKey(conv), 'r') or ''
  return {conv, token, int(LEASE), int(attempts + 1), int(doubt), record, task, sealed}
end

-- follow goes on with a conversation in which nothing is under way: it leases the
-- next message, or says when to look again. It returns the lease, or nil and
-- whether the sender's pace is what holds it. With may_send false it leases nothing.
local function follow(conv, sender, may_send)
  local list = helpKey(conv)
  local element = redis.call('LINDEX', list, 0)
  if not element then
    list = outboxKey(conv)
    element = redis.call('LINDEX', list, 0)
  end
  if not element then
    redis.call('ZREM', dueKey('r:' .. sender), conv)
    redis.call('ZREM', dueKey('p:' .. sender), conv)
    return nil, false
  end
  local attempts, after, class, task, sealed = parse(element)
  if after > now then
    schedule(conv, sender, class, after)
    return nil, false
  end
  if not may_send or not take(sender) then
    schedule(conv, sender, class, now, 'LT')
    return nil, true
  end
  redis.call('LPOP', list)
  return send(conv, sender, attempts, class, task, sealed, 0), false
end

local function append(answer, lease)
  for j = 1, #lease do answer[#answer + 1] = lease[j] end
end
