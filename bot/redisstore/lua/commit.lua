-- commit: makes a turn true, or nothing of it.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 lease, 3 pace (see clock.lua, outbox.lua)
--      4 turn  5 hashed inbound message or ''  6 how long to remember it, ms
--      7 '1' if staff can see the change
--      8 id of the timer that woke the turn or ''  9 its token
--      10 what becomes of it: 'drop', 'again' (at its base + ARGV 11, as ARGV 12), or 'keep' (the ops write it)
--      13... ops: a letter and its arguments
--        x kind id version                               expect; kind c or k
--        c id version record case moved sender           put a conversation
--        k ref version record wrapped handle link score  put a case; wrapped, link: new only; score '' = not listed
--        d ref version handle                            erase a case
--        a ref entry sealed new                          append to a timeline; new '1': put by this turn
--        w id sealed                                     keep with a conversation
--        f id                                            erase what is kept, and what was not sent
--        q id task class sealed new                      enqueue
--        t id after timer                                set a timer
--        u id                                            drop a timer
--        s id case due sealed new                        staff task; case '-' for none
--        e id                                            end a staff task
--        n month id sealed                               an answer to a statement
-- Returns {'done'} and the leases, flat, eight values each (held in outbox.lua; the record is left out where
--         the turn itself put the conversation); {'duplicate'};
--         HEARD CONFLICT, FENCED, MISSING.
local SIZE = {x = 4, c = 7, k = 8, d = 4, a = 5, w = 3, f = 2, q = 6, t = 4, u = 2, s = 6, e = 2, n = 4}
local TURN, FIRST = ARGV[4], 13

local mark = ARGV[5] ~= '' and seenKey(ARGV[5]) or turnKey(TURN)
local earlier = redis.call('GET', mark)
if earlier then
  local turn, leases = string.match(earlier, '^(%S+)(.*)$')
  if turn ~= TURN then return {'duplicate'} end
  local answer = {'done'}
  for conv, token in string.gmatch(leases, '(%S+) (%S+)') do
    if redis.call('HGET', flightKey(conv), 'token') == token then append(answer, held(conv)) end
  end
  return answer
end

local function version(key) return redis.call('HGET', key, 'v') or '0' end
local CONFLICT = redis.error_reply('HEARD CONFLICT')

if ARGV[8] ~= '' and redis.call('HGET', timerKey(ARGV[8]), 'token') ~= ARGV[9] then
  return redis.error_reply('HEARD FENCED')
end
local i = FIRST
while i <= #ARGV do
  local op, id = ARGV[i], ARGV[i + 1]
  if op == 'x' then
    local key = id == 'c' and conversationKey(ARGV[i + 2]) or caseKey(ARGV[i + 2])
    if version(key) ~= ARGV[i + 3] then return CONFLICT end
  elseif op == 'c' then
    if version(conversationKey(id)) ~= ARGV[i + 2] then return CONFLICT end
  elseif op == 'k' or op == 'd' then
    if version(caseKey(id)) ~= ARGV[i + 2] then return CONFLICT end
  elseif op == 'a' then
    if ARGV[i + 4] ~= '1' and redis.call('EXISTS', caseKey(id)) == 0 then return CONFLICT end
    if redis.call('HEXISTS', timelineKey(id), ARGV[i + 2]) == 1 then return redis.error_reply('HEARD REPEATED') end
  elseif op == 's' then
    if ARGV[i + 2] ~= '-' and ARGV[i + 5] ~= '1' and redis.call('EXISTS', caseKey(ARGV[i + 2])) == 0 then return CONFLICT end
  elseif op == 'q' then
    if ARGV[i + 5] ~= '1' and redis.call('EXISTS', conversationKey(id)) == 0 then
      return redis.error_reply('HEARD MISSING')
    end
  end
  i = i + SIZE[op]
end

redis.call('SET', mark, TURN, 'PX', ARGV[6])
if ARGV[7] == '1' then redis.call('INCR', changesKey) end

local function drop_timer(id)
  redis.call('DEL', timerKey(id))
  redis.call('ZREM', timersKey, id)
end

local function end_task(id)
  local task = redis.call('HGET', tasksKey, id)
  if not task then return end
  redis.call('SREM', caseTasksKey(string.match(task, '^%S+')), id)
  redis.call('HDEL', tasksKey, id)
  redis.call('ZREM', taskDueKey, id)
end

-- What the turn puts in outboxes: first is the message that finds an outbox empty
-- and goes without being pushed and popped; known is set where the caller put the
-- conversation itself, and need not be told its record.
local write, order, first, known = {}, {}, {}, {}

-- push puts a message at an end of its lane: RPUSH or LPUSH.
local function push(how, id, m)
  redis.call(how, m.class == 'h' and helpKey(id) or outboxKey(id), format(0, 0, m.class, m.task, m.sealed))
end

function write.x() end

function write.c(at)
  local id, was = ARGV[at + 1], ARGV[at + 2]
  redis.call('HSET', conversationKey(id), 'v', int(tonumber(was) + 1), 'r', ARGV[at + 3],
    'k', ARGV[at + 4], 'm', ARGV[at + 5], 's', ARGV[at + 6])
  if was == '0' then redis.call('SADD', sendersKey, ARGV[at + 6]) end
end

function write.k(at)
  local ref, was = ARGV[at + 1], ARGV[at + 2]
  redis.call('HSET', caseKey(ref), 'v', int(tonumber(was) + 1), 'r', ARGV[at + 3])
  if was == '0' then
    redis.call('HSET', caseKey(ref), 'w', ARGV[at + 4], 'h', ARGV[at + 5])
    redis.call('SET', handleKey(ARGV[at + 5]), ARGV[at + 6])
  end
  if ARGV[at + 7] ~= '' then
    redis.call('ZADD', casesKey, ARGV[at + 7], ref)
  elseif was ~= '0' then
    redis.call('ZREM', casesKey, ref)
  end
end

function write.d(at)
  local ref = ARGV[at + 1]
  for _, id in ipairs(redis.call('SMEMBERS', caseTasksKey(ref))) do end_task(id) end
  redis.call('DEL', caseKey(ref), timelineKey(ref), caseTasksKey(ref), handleKey(ARGV[at + 3]))
  redis.call('ZREM', casesKey, ref)
end

function write.a(at)
  local key = timelineKey(ARGV[at + 1])
  redis.call('HSET', key, ARGV[at + 2], int(redis.call('HLEN', key)) .. ' ' .. ARGV[at + 3])
end

function write.w(at) redis.call('RPUSH', keptKey(ARGV[at + 1]), ARGV[at + 2]) end

function write.f(at)
  local id = ARGV[at + 1]
  redis.call('DEL', keptKey(id), asideKey(id), outboxKey(id), helpKey(id))
end

function write.q(at)
  local id, m = ARGV[at + 1], {task = ARGV[at + 2], class = ARGV[at + 3], sealed = ARGV[at + 4]}
  if known[id] == nil then
    known[id], order[#order + 1] = ARGV[at + 5] == '1', id
    first[id] = redis.call('EXISTS', flightKey(id), helpKey(id), outboxKey(id)) == 0 and m
    if first[id] then return end
  elseif first[id] and m.class == 'h' and first[id].class ~= 'h' then
    push('LPUSH', id, first[id])
    first[id] = m
    return
  end
  push('RPUSH', id, m)
end

function write.t(at)
  local id = ARGV[at + 1]
  redis.call('HSET', timerKey(id), 'b', ARGV[at + 3], 'base', int(now), 'token', '0')
  redis.call('ZADD', timersKey, int(now + tonumber(ARGV[at + 2])), id)
end

function write.u(at) drop_timer(ARGV[at + 1]) end

function write.s(at)
  local id, case = ARGV[at + 1], ARGV[at + 2]
  end_task(id)
  redis.call('HSET', tasksKey, id, case .. ' ' .. ARGV[at + 4])
  redis.call('ZADD', taskDueKey, ARGV[at + 3], id)
  if case ~= '-' then redis.call('SADD', caseTasksKey(case), id) end
end

function write.e(at) end_task(ARGV[at + 1]) end

function write.n(at) redis.call('HSET', answersKey(ARGV[at + 1]), ARGV[at + 2], ARGV[at + 3]) end

if ARGV[10] == 'drop' then
  drop_timer(ARGV[8])
elseif ARGV[10] == 'again' then
  local base = tonumber(redis.call('HGET', timerKey(ARGV[8]), 'base'))
  redis.call('HSET', timerKey(ARGV[8]), 'b', ARGV[12], 'token', '0')
  redis.call('ZADD', timersKey, int(base + tonumber(ARGV[11])), ARGV[8])
end
i = FIRST
while i <= #ARGV do
  write[ARGV[i]](i)
  i = i + SIZE[ARGV[i]]
end

local answer = {'done'}
for _, id in ipairs(order) do
  local m, lease = first[id], nil
  local sender = redis.call('HGET', conversationKey(id), 's')
  if m and take(sender) then
    lease = send(id, sender, 0, m.class, m.task, m.sealed, 0, known[id])
  elseif m then
    push('LPUSH', id, m)
    schedule(id, sender, m.class, now, 'LT')
  elseif redis.call('EXISTS', flightKey(id)) == 0 then
    lease = follow(id, sender, true)
  end
  if lease then
    redis.call('APPEND', mark, ' ' .. id .. ' ' .. lease[2])
    append(answer, lease)
  end
end
return answer
