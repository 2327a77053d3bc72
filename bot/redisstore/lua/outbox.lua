-- Shared: the outbox. ARGV[2] is the length of a lease in ms, ARGV[3] the pace as
-- "sms=<millionths of a message per ms>:<ms between two to one person>,..." or
-- empty. A person may have BURST at once; a provider's wait is LONGEST at most.
--
-- A message that waits is "<attempts> <not before, ms> <class> <task> <sealed>"
-- in one of its conversation's two lists; its class is h (help), r (reply) or p
-- (prompt). The one under way is not in a list, so that help may overtake what
-- is not: it stands in the conversation's hash, in f, as "<token> <until>
-- <start> <doubt> <attempts> <class> <task> <sealed>", with token 0 while it
-- waits in doubt. n is the last token given. The due index holds each
-- conversation once: by when its next message may go, or by when its lease ends.
--
-- What WhatsApp takes only once the person writes again waits apart, in
-- parkedKey, and the conversation's w says so: "<when WhatsApp last said that its
-- window was closed> <how many wait> <id of the staff task, or ->". It may say so
-- only after it took a message, which is kept for that in sentKey until it has
-- arrived; one that comes back has its class in a capital, and goes first.
--
-- A task is known as "<conversation> <status> <token that settled it> <token
-- that this leased> <case>", 0 where there is none; case is the one that the
-- message has news of, if any, and not known before it was settled.
local LEASE, RATES, MESSAGE, WEEK = tonumber(ARGV[2]), ARGV[3], 1000000, '691200000'
local BURST, LONGEST = 3, 3600000

local function waiting(attempts, after, class, task, sealed)
  return int(attempts) .. ' ' .. int(after) .. ' ' .. class .. ' ' .. task .. ' ' .. sealed
end

-- parse reads it: attempts, not before, class, task, sealed.
local function parse(element)
  local _, stop, attempts, after, class, task = string.find(element, '^(%d+) (%d+) (%a) (%S+) ')
  return tonumber(attempts), tonumber(after), class, task, string.sub(element, stop + 1)
end

local function flight(token, till, start, doubt, attempts, class, task, sealed)
  return token .. ' ' .. int(till) .. ' ' .. int(start) .. ' ' .. int(doubt) .. ' ' .. int(attempts) .. ' '
    .. class .. ' ' .. task .. ' ' .. sealed
end

-- under_way reads it, or nil.
local function under_way(f)
  if not f then return nil end
  local _, stop, token, till, start, doubt, attempts, class, task =
    string.find(f, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%a) (%S+) ')
  return {token = token, till = tonumber(till), start = tonumber(start), doubt = tonumber(doubt),
    attempts = tonumber(attempts), class = class, task = task, sealed = string.sub(f, stop + 1)}
end

local function note(task, conv, status, settled, next, case)
  redis.call('SET', outgoingKey(task),
    conv .. ' ' .. status .. ' ' .. settled .. ' ' .. next .. ' ' .. (case or ''), 'PX', WEEK)
end

-- noted reads it: conversation (nil: no such task), status, settled, next, and argument 17 of settle.lua.
local function noted(task)
  return string.match(redis.call('GET', outgoingKey(task)) or '', '^(%S+) (%d+) (%d+) (%d+) ?(%S*)$')
end

-- window reads a conversation's w: when WhatsApp last said that it was closed, how many messages wait, the staff task.
local function window(w)
  local closed, parked, task = string.match(w or '', '^(%d+) (%d+) (%S+)$')
  return tonumber(closed or '0'), tonumber(parked or '0'), task or '-'
end

local function set_window(conv, closed, parked, task)
  redis.call('HSET', conversationKey(conv), 'w', int(closed) .. ' ' .. int(parked) .. ' ' .. task)
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

local function unschedule(conv, sender)
  redis.call('ZREM', dueKey('r:' .. sender), conv)
  redis.call('ZREM', dueKey('p:' .. sender), conv)
end

-- take spends one message of the sender's pace, and of its person's; false: not yet, and if it is the person's, when.
-- What is further off than any of them can be was written by a clock that was wrong, and begins anew.
local function take(sender, conv)
  local bucket = redis.call('HMGET', paceKey(sender), 'tokens', 'at', 'hold')
  local hold = tonumber(bucket[3] or '0')
  if hold > now and hold <= now + LONGEST then return false end
  if RATES == '' then return true end
  local rate, pause = string.match(RATES, string.match(sender, '^%a*') .. '=(%d+):(%d+)')
  if not rate then return true end
  rate, pause = tonumber(rate), tonumber(pause)
  local chat = 0
  if pause > 0 then
    chat = tonumber(redis.call('HGET', conversationKey(conv), 't') or '0')
    if chat > now + BURST * pause then chat = 0 end
    if chat > now + (BURST - 1) * pause then return false, chat - (BURST - 1) * pause end
  end
  local tokens = math.max(MESSAGE, rate * 1000)
  if bucket[1] and tonumber(bucket[2]) <= now then
    tokens = math.min(tokens, tonumber(bucket[1]) + (now - tonumber(bucket[2])) * rate)
  end
  if tokens < MESSAGE then return false end
  redis.call('HSET', paceKey(sender), 'tokens', int(tokens - MESSAGE), 'at', int(now))
  if pause > 0 then redis.call('HSET', conversationKey(conv), 't', int(math.max(chat, now) + pause)) end
  return true
end

-- held describes the lease of the message under way, or nil:
-- conversation, token, ms left, attempt, doubt, conversation's record, task, message, w.
local function held(conv)
  local c = redis.call('HMGET', conversationKey(conv), 'f', 'r', 'w')
  local f = under_way(c[1])
  if not f then return nil end
  return {conv, f.token, int(math.max(0, f.till - now)), int(f.attempts), int(f.doubt), c[2], f.task, f.sealed, c[3] or ''}
end

-- send leases a message: from now on it is being sent.
local function send(conv, sender, attempts, class, task, sealed, doubt)
  local token = int(redis.call('HINCRBY', conversationKey(conv), 'n', '1'))
  redis.call('HSET', conversationKey(conv), 'f',
    flight(token, now + LEASE, now, doubt, attempts + 1, class, task, sealed))
  local _, status, settled, next, case = noted(task)
  note(task, conv, status or '0', settled or '0', next or '0', case)
  schedule(conv, sender, class, now + LEASE)
  local c = redis.call('HMGET', conversationKey(conv), 'r', 'w')
  return {conv, token, int(LEASE), int(attempts + 1), int(doubt), c[1], task, sealed, c[2] or ''}
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
    unschedule(conv, sender)
    return nil, false
  end
  local attempts, after, class, task, sealed = parse(element)
  if after > now and after <= now + LONGEST then
    schedule(conv, sender, class, after)
    return nil, false
  end
  if not may_send then
    schedule(conv, sender, class, now, 'LT')
    return nil, true
  end
  local may, at = take(sender, conv)
  if not may then
    if at then schedule(conv, sender, class, at) else schedule(conv, sender, class, now, 'LT') end
    return nil, not at
  end
  redis.call('LPOP', list)
  return send(conv, sender, attempts, string.lower(class), task, sealed, 0), false
end

-- put_back puts a message that WhatsApp took and then refused before all that waits, but behind those that came back
-- before it.
local function put_back(conv, element)
  local list, at = outboxKey(conv), 0
  local before = redis.call('LINDEX', list, at)
  while before and string.find(before, '^%d+ %d+ %u ') do
    at = at + 1
    before = redis.call('LINDEX', list, at)
  end
  if before then
    redis.call('LINSERT', list, 'BEFORE', before, element)
  else
    redis.call('RPUSH', list, element)
  end
end

local function append(answer, lease)
  for j = 1, #lease do answer[#answer + 1] = lease[j] end
end
