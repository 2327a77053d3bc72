-- settle: how a send ended; the next message of the conversation is leased where it may go.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 lease, 3 pace
--      4 conversation  5 token  6 task  7 'accepted', 'again', 'doubt', 'aside', 'untried'  8 not before, ms from now
--      9 '1' if that holds for the whole sender
--      10 id, 11 case, 12 sealed: the staff task if its case is listed;  13 id, 14 sealed: else;  15 their due; 13 '': no task
--      16... hashed ids that the provider gave
-- Returns the next lease (eight values) or nothing; HEARD FENCED. Settling again by the same lease answers what it answered.
local conv, token, task, result = ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local later = now + tonumber(ARGV[8])
local f = redis.call('HMGET', flightKey(conv), 'token', 'start', 'doubt', 'element')
if f[1] ~= token then
  local done = redis.call('HMGET', outgoingKey(task), 'settled', 'next')
  if done[1] ~= token then return redis.error_reply('HEARD FENCED') end
  if done[2] and done[2] == f[1] then return held(conv) end
  return {}
end
local sender = redis.call('HGET', conversationKey(conv), 's')
local attempts, _, class, _, sealed = parse(f[4])

-- A receipt came before the answer: the provider has it.
if result == 'doubt' and tonumber(redis.call('HGET', outgoingKey(task), 'status') or '0') > 0 then
  result = 'accepted'
end

redis.call('HSET', outgoingKey(task), 'conversation', conv, 'settled', token)
redis.call('PEXPIRE', outgoingKey(task), int(WEEK))
if ARGV[9] == '1' then redis.call('HSET', paceKey(sender), 'hold', int(later)) end

if result == 'doubt' then
  local doubt = f[3]
  if doubt == '0' then doubt = f[2] end
  redis.call('HSET', flightKey(conv), 'token', '0', 'doubt', doubt)
  schedule(conv, sender, class, later)
  return {}
end

if result == 'untried' then
  attempts = attempts - 1
  if f[3] ~= '0' then
    redis.call('HSET', flightKey(conv), 'token', '0', 'element', format(attempts, 0, class, task, sealed))
    schedule(conv, sender, class, later)
    return {}
  end
  result = 'again'
end

if result == 'accepted' then
  for j = 16, #ARGV do redis.call('SET', receiptKey(ARGV[j]), task, 'PX', int(WEEK)) end
elseif result == 'again' then
  local list = class == 'h' and helpKey(conv) or outboxKey(conv)
  redis.call('LPUSH', list, format(attempts, later, class, task, sealed))
else
  redis.call('RPUSH', asideKey(conv), f[4])
  local id, case, staff = ARGV[13], '-', ARGV[14]
  if id == '' then
    case = nil
  elseif ARGV[11] ~= '' and redis.call('ZSCORE', casesKey, ARGV[11]) then
    id, case, staff = ARGV[10], ARGV[11], ARGV[12]
    redis.call('SADD', caseTasksKey(case), id)
  end
  if case then
    redis.call('HSET', tasksKey, id, case .. ' ' .. staff)
    redis.call('ZADD', taskDueKey, ARGV[15], id)
    redis.call('INCR', changesKey)
  end
end
redis.call('DEL', flightKey(conv))
local lease = follow(conv, sender, true)
if not lease then return {} end
redis.call('HSET', outgoingKey(task), 'next', lease[2])
return lease
