-- settle: how a send ended; the next message of the conversation is leased where it may go.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 lease, 3 pace
--      4 conversation  5 token  6 task  7 'accepted', 'again', 'doubt', 'aside', 'untried', 'parked', 'opened'  8 not before, ms from now
--      9 '1' if that holds for the whole sender, '2' if it does once two conversations are told so at the same time
--      10 id, 11 case, 12 sealed: the staff task if its case is listed;  13 id, 14 sealed: else;  15 their due; 13 '': no task
--      16 the keys that sealed them, as sealingKey has them
--      17 case that the message has news of, or '', and if it asks a statement ',<month>,<what is counted of its arrival>'  18 '1' if WhatsApp said that its window is closed
--      19 '1' to keep the message until it has arrived  20 task under which a template was sent in its place, or ''
--      21... hashed ids that the provider gave
-- Returns the next lease (nine values) or nothing; HEARD FENCED, STALE. Settling again by the same lease answers what
-- it answered.
local KEEP = '172800000'
local conv, token, task, result = ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local later = now + tonumber(ARGV[8])
local c = redis.call('HMGET', conversationKey(conv), 'f', 's', 'w')
local f, sender = under_way(c[1]), c[2]
local closed, parked, told = window(c[3])
local _, status, settled, next = noted(task)
if not f or f.token ~= token then
  if settled ~= token then return redis.error_reply('HEARD FENCED') end
  if f and next == f.token then return held(conv) end
  return {}
end
if ARGV[13] ~= '' and redis.call('GET', sealingKey) ~= ARGV[16] then return redis.error_reply('HEARD STALE') end
status = status or '0'

-- A receipt came before the answer: the provider has it.
if (result == 'doubt' or result == 'again') and status ~= '0' then result = 'accepted' end

note(task, conv, status, token, '0', ARGV[17])
local all = ARGV[9] == '1'
if ARGV[9] == '2' then
  local till, other = string.match(redis.call('HGET', paceKey(sender), 'slow') or '', '^(%d+) (%S+)$')
  all = till and other ~= conv and tonumber(till) > now and tonumber(till) <= now + LONGEST
  if not all then redis.call('HSET', paceKey(sender), 'slow', int(later) .. ' ' .. conv) end
end
if all then redis.call('HSET', paceKey(sender), 'hold', int(later)) end

-- wait keeps the message under way, in doubt, until it is time to look at it.
local function wait(attempts)
  local doubt = f.doubt == 0 and f.start or f.doubt
  redis.call('HSET', conversationKey(conv), 'f', flight('0', later, f.start, doubt, attempts, f.class, task, f.sealed))
  schedule(conv, sender, f.class, later)
  return {}
end

if result == 'doubt' then return wait(f.attempts) end
if result == 'untried' then
  f.attempts = f.attempts - 1
  if f.doubt ~= 0 then return wait(f.attempts) end
  result = 'again'
end

local function lane() return f.class == 'h' and helpKey(conv) or outboxKey(conv) end

-- known remembers the provider's ids as those of a task.
local function known(of)
  for j = 21, #ARGV do redis.call('SET', receiptKey(ARGV[j]), of, 'PX', WEEK) end
end

-- tell has the desk look at a staff task again.
local function tell(id) redis.call('ZADD', feedKey, int(redis.call('INCR', changesKey)), 's' .. id) end

-- give_task gives staff their task, if there is to be one, and returns its id.
local function give_task()
  local id, case, staff = ARGV[13], '-', ARGV[14]
  if id == '' then return nil end
  if ARGV[11] ~= '' and redis.call('ZSCORE', casesKey, ARGV[11]) then
    id, case, staff = ARGV[10], ARGV[11], ARGV[12]
    redis.call('SADD', caseTasksKey(case), id)
  end
  redis.call('HSET', tasksKey, id, case .. ' ' .. staff)
  redis.call('ZADD', taskDueKey, ARGV[15], id)
  tell(id)
  return id
end

local function end_task(id)
  local given = redis.call('HGET', tasksKey, id)
  if not given then return end
  redis.call('SREM', caseTasksKey((string.match(given, '^%S+'))), id)
  redis.call('HDEL', tasksKey, id)
  redis.call('ZREM', taskDueKey, id)
  tell(id)
end

if result == 'accepted' then
  known(task)
  if ARGV[19] == '1' then
    redis.call('HSET', sentKey(conv), task, waiting(0, 0, string.upper(f.class), task, f.sealed))
    redis.call('PEXPIRE', sentKey(conv), KEEP)
  end
elseif result == 'again' then
  redis.call('LPUSH', lane(), waiting(f.attempts, later, f.class, task, f.sealed))
elseif result == 'parked' then
  redis.call('RPUSH', parkedKey(conv), waiting(0, 0, f.class, task, f.sealed))
  if ARGV[20] ~= '' then
    note(ARGV[20], conv, '0', '0', '0', (string.match(ARGV[17], '^[^,]*')))
    known(ARGV[20])
  end
  if told == '-' or redis.call('HEXISTS', tasksKey, told) == 0 then told = give_task() or '-' end
  closed, parked = ARGV[18] == '1' and now or closed, parked + 1
  set_window(conv, closed, parked, told)
elseif result == 'opened' then
  -- Not begun: what waited for the window goes before it.
  redis.call('LPUSH', lane(), waiting(f.attempts - 1, 0, f.class, task, f.sealed))
  local all = redis.call('LRANGE', parkedKey(conv), 0, -1)
  for j = #all, 1, -1 do redis.call('LPUSH', outboxKey(conv), all[j]) end
  redis.call('DEL', parkedKey(conv))
  end_task(told)
  set_window(conv, closed, 0, '-')
else
  redis.call('RPUSH', asideKey(conv), waiting(f.attempts, 0, f.class, task, f.sealed))
  give_task()
end
if ARGV[18] == '1' and result ~= 'parked' then set_window(conv, now, parked, told) end
redis.call('HDEL', conversationKey(conv), 'f')
local lease = follow(conv, sender, true)
if not lease then return {} end
note(task, conv, status, token, lease[2], ARGV[17])
return lease
