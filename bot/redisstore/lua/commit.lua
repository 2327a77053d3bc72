-- commit: makes a turn true, or nothing of it.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 lease, 3 pace (see clock.lua, outbox.lua)
--      4 turn  5 what remembers it: the rest of a seenKey or a turnKey  6 for how long, ms
--      7 '1' if staff can see the change
--      8 id of the timer that woke the turn or ''  9 its token
--      10 what becomes of it: 'drop', 'again' (at its base + ARGV 11, as ARGV 12), or 'keep' (the ops write it)
--      13 the keys that sealed the turn, as sealingKey has them
--      14... ops: a letter and its arguments
--        x kind id version                               expect; kind c or k
--        c id version record case sender                 put a conversation
--        k ref version record wrapped handle link score  put a case; wrapped, link: new only; score '' = not listed
--        d ref version handle                            erase a case
--        a ref entry sealed new                          append to a timeline; new '1': put by this turn
--        m month of                                      count a statement that is asked
--        z ref entry                                     take an entry out of a timeline
--        r id                                            take what nobody asked for out of an outbox
--        w id sealed                                     keep with a conversation
--        f id                                            erase what is kept, and what was not sent; before any w, q
--        o id tasks                                      what waits to be said there must be these tasks, joined by ' '; before its f
--        g id code ttl                                   give a code to move by, hashed, in the place of an earlier one
--        y code id                                       use a code, which must be good and stand for id
--        l handle sealed                                 relink a handle
--        q id task class sealed sender                   enqueue; sender: where this turn puts the conversation, else ''
--        t id after timer                                set a timer
--        u id                                            drop a timer
--        s id case due sealed new                        staff task; case '-' for none
--        e id                                            end a staff task
--        n month id sealed                               an answer to a statement
--        v case kind version at, ms                      an event of a case
--        b number line                                   audit line of that number, which must be the next
-- Returns {'done'} and the leases, flat, nine values each (held in outbox.lua); of what the turn brought itself,
--         the conversation's record and the message are left out. {'duplicate'};
--         HEARD CONFLICT, FENCED, MISSING, STALE.
--
-- Nearly every turn runs through here, and each costs all the others their time: records are read once, fields of
-- one key are written at once, and what the turn itself settles is not asked.
local SIZE = {x = 4, c = 6, k = 8, d = 4, a = 5, w = 3, f = 2, q = 6, t = 4, u = 2, s = 6, e = 2, n = 4, z = 3, r = 2, m = 3,
  o = 3, g = 4, y = 3, l = 3, b = 3, v = 5}
local KEEP_EVENTS = 30 * 24 * 3600 * 1000
local TURN, MARK, FIRST, LAST = ARGV[4], P .. ARGV[5], 14, #ARGV

local known = redis.call('MGET', MARK, sealingKey)
if known[1] then
  local turn, leases = string.match(known[1], '^(%S+)(.*)$')
  if turn ~= TURN then return {'duplicate'} end
  local answer = {'done'}
  for conv, token in string.gmatch(leases, '(%S+) (%S+)') do
    local lease = held(conv)
    if lease and lease[2] == token then append(answer, lease) end
  end
  return answer
end
if known[2] ~= ARGV[13] then return redis.error_reply('HEARD STALE') end
if ARGV[8] ~= '' and redis.call('HGET', timerKey(ARGV[8]), 'token') ~= ARGV[9] then
  return redis.error_reply('HEARD FENCED')
end

-- What the store holds of the records in the turn, and the turn's messages by conversation.
local conversations, cases, boxes, order = {}, {}, {}, {}

local function conversation(id)
  local c = conversations[id]
  if not c then
    c = redis.call('HMGET', conversationKey(id), 'v', 's', 'n', 'f', 'w')
    conversations[id] = c
  end
  return c
end

local function case(ref)
  local k = cases[ref]
  if not k then
    k = redis.call('HMGET', caseKey(ref), 'v', 'n')
    cases[ref] = k
  end
  return k
end

-- box gathers the turn's messages to a conversation. It is free where nothing is
-- under way or waits, so that its first message goes without being queued.
local function box(id, sender)
  local b = boxes[id]
  if not b then
    local c = conversation(id)
    b = {id = id, sender = sender ~= '' and sender or c[2], own = sender ~= '', busy = c[4], window = c[5] or '', last = tonumber(c[3] or '0')}
    b.free = not c[4] and (not c[1] or redis.call('EXISTS', helpKey(id), outboxKey(id)) == 0)
    boxes[id], order[#order + 1] = b, b
  end
  return b
end

-- unsent names what waits to be said in a conversation, in order.
local function unsent(id)
  local tasks = {}
  for _, list in ipairs({helpKey(id), parkedKey(id), outboxKey(id)}) do
    for _, element in ipairs(redis.call('LRANGE', list, 0, -1)) do
      local _, _, _, task = parse(element)
      tasks[#tasks + 1] = task
    end
  end
  return table.concat(tasks, ' ')
end

-- stands_for tells whether a code is good, and stands for a conversation.
local function stands_for(code, id)
  local till, conv = string.match(redis.call('GET', codeKey(code)) or '', '^(%d+) (%S+)$')
  return conv == id and tonumber(till) > now
end

local CONFLICT, audited = redis.error_reply('HEARD CONFLICT'), 0
local i = FIRST
while i <= LAST do
  local op, id = ARGV[i], ARGV[i + 1]
  if op == 'c' then
    if (conversation(id)[1] or '0') ~= ARGV[i + 2] then return CONFLICT end
  elseif op == 'a' then
    local k, field, repeated = cases[id], 'e:' .. ARGV[i + 2], nil
    if k then
      repeated = k[1] and redis.call('HEXISTS', caseKey(id), field) == 1
    else
      k = redis.call('HMGET', caseKey(id), 'v', 'n', field)
      cases[id], repeated = k, k[3]
    end
    if not k[1] and ARGV[i + 4] ~= '1' then return CONFLICT end
    if repeated then return redis.error_reply('HEARD REPEATED') end
  elseif op == 'q' then
    if ARGV[i + 5] == '' and not conversation(id)[1] then return redis.error_reply('HEARD MISSING') end
    local b = box(id, ARGV[i + 5])
    b[#b + 1] = i
    if ARGV[i + 3] == 'h' and not b.head then b.head = #b end
  elseif op == 'k' or op == 'd' then
    if (case(id)[1] or '0') ~= ARGV[i + 2] then return CONFLICT end
  elseif op == 's' then
    if ARGV[i + 2] ~= '-' and ARGV[i + 5] ~= '1' and not case(ARGV[i + 2])[1] then return CONFLICT end
  elseif op == 'x' then
    local was = id == 'c' and conversation(ARGV[i + 2])[1] or id == 'k' and case(ARGV[i + 2])[1] or '0'
    if was ~= ARGV[i + 3] then return CONFLICT end
  elseif op == 'f' then
    conversation(id)
  elseif op == 'o' then
    if unsent(id) ~= ARGV[i + 2] then return CONFLICT end
  elseif op == 'g' then
    if redis.call('EXISTS', codeKey(ARGV[i + 2])) == 1 then return CONFLICT end
  elseif op == 'y' then
    if not stands_for(id, ARGV[i + 2]) then return CONFLICT end
  elseif op == 'b' then
    audited = audited + 1
    if redis.call('HLEN', auditKey) + audited ~= tonumber(id) then return CONFLICT end
  end
  i = i + SIZE[op]
end

-- From here on the turn is done: what it leases, then what it remembers, which grows.
local leases = ''
for _, b in ipairs(order) do
  if b.free and take(b.sender, b.id) then
    local at = b[b.head or 1]
    b.token, b.class, b.task, b.sealed = int(b.last + 1), ARGV[at + 3], ARGV[at + 2], ARGV[at + 4]
    b.flight = flight(b.token, now + LEASE, now, 0, 1, b.class, b.task, b.sealed)
    b.sent = at
    leases = leases .. ' ' .. b.id .. ' ' .. b.token
  end
end
redis.call('SET', MARK, TURN .. leases, 'PX', ARGV[6])
local change = ARGV[7] == '1' and int(redis.call('INCR', changesKey))

-- tell has the desk look at a case ('k'), a staff task ('s') or everything ('x') again.
local function tell(kind, id)
  if change then redis.call('ZADD', feedKey, change, kind .. id) end
end

local function drop_timer(id)
  redis.call('DEL', timerKey(id))
  redis.call('ZREM', timersKey, id)
end

local function end_task(id)
  local task = redis.call('HGET', tasksKey, id)
  if not task then return end
  tell('s', id)
  redis.call('SREM', caseTasksKey((string.match(task, '^%S+'))), id)
  redis.call('HDEL', tasksKey, id)
  redis.call('ZREM', taskDueKey, id)
end

local function put_case(ref, was, record, wrapped, handle, link, score)
  if was == '0' then
    redis.call('HSET', caseKey(ref), 'v', '1', 'r', record, 'w', wrapped, 'h', handle)
    redis.call('SET', handleKey(handle), link)
  else
    redis.call('HSET', caseKey(ref), 'v', int(was + 1), 'r', record)
  end
  if score ~= '' then
    redis.call('ZADD', casesKey, score, ref)
    tell('k', ref)
  elseif was ~= '0' then
    redis.call('ZREM', casesKey, ref)
  end
end

-- erase_case leaves no trace of its reference: the desk reads everything again.
local function erase_case(ref, handle)
  local tasks = redis.call('SMEMBERS', caseTasksKey(ref))
  for _, id in ipairs(tasks) do
    end_task(id)
    redis.call('ZREM', feedKey, 's' .. id)
  end
  for number in string.gmatch(redis.call('HGET', caseKey(ref), 'l') or '', '%d+') do
    redis.call('ZREMRANGEBYSCORE', eventsKey, number, number)
  end
  redis.call('DEL', caseKey(ref), caseTasksKey(ref), handleKey(handle))
  redis.call('ZREM', feedKey, 'k' .. ref)
  if redis.call('ZREM', casesKey, ref) == 1 or #tasks > 0 then tell('x', '') end
end

-- add_event numbers an event, and lets go a few of those that are older than KEEP_EVENTS: more than come.
local function add_event(ref, kind, version, at)
  local number = int(redis.call('INCR', eventKey))
  redis.call('ZADD', eventsKey, number, number .. ' ' .. ref .. ' ' .. kind .. ' ' .. version .. ' ' .. at)
  local before = redis.call('HGET', caseKey(ref), 'l')
  redis.call('HSET', caseKey(ref), 'l', before and before .. ' ' .. number or number)
  for _, old in ipairs(redis.call('ZRANGE', eventsKey, '0', '1')) do
    if tonumber(string.match(old, '%d+$')) < now - KEEP_EVENTS then redis.call('ZREM', eventsKey, old) end
  end
end

local function put_task(id, case, due, sealed)
  end_task(id)
  redis.call('HSET', tasksKey, id, case .. ' ' .. sealed)
  redis.call('ZADD', taskDueKey, due, id)
  tell('s', id)
  if case ~= '-' then redis.call('SADD', caseTasksKey(case), id) end
end

if ARGV[10] == 'drop' then
  drop_timer(ARGV[8])
elseif ARGV[10] == 'again' then
  local base = tonumber(redis.call('HGET', timerKey(ARGV[8]), 'base'))
  redis.call('HSET', timerKey(ARGV[8]), 'b', ARGV[12], 'token', '0')
  redis.call('ZADD', timersKey, int(base + tonumber(ARGV[11])), ARGV[8])
end
i = FIRST
while i <= LAST do
  local op, id = ARGV[i], ARGV[i + 1]
  if op == 'c' then
    local version, b = int(ARGV[i + 2] + 1), boxes[id]
    if b and b.token then
      redis.call('HSET', conversationKey(id), 'v', version, 'r', ARGV[i + 3], 'k', ARGV[i + 4],
        's', ARGV[i + 5], 'n', b.token, 'f', b.flight)
      b.written = true
    else
      redis.call('HSET', conversationKey(id), 'v', version, 'r', ARGV[i + 3], 'k', ARGV[i + 4],
        's', ARGV[i + 5])
    end
    if ARGV[i + 2] == '0' then redis.call('SADD', sendersKey, ARGV[i + 5]) end
  elseif op == 'a' then
    local k = cases[id]
    k[2] = int((k[2] or 0) + 1)
    redis.call('HSET', caseKey(id), 'n', k[2], 'e:' .. ARGV[i + 2], k[2] .. ' ' .. ARGV[i + 3])
  elseif op == 'q' then
    if boxes[id].sent ~= i then
      redis.call('RPUSH', ARGV[i + 3] == 'h' and helpKey(id) or outboxKey(id),
        waiting(0, 0, ARGV[i + 3], ARGV[i + 2], ARGV[i + 4]))
    end
  elseif op == 't' then
    redis.call('HSET', timerKey(id), 'b', ARGV[i + 3], 'base', int(now), 'token', '0')
    redis.call('ZADD', timersKey, int(now + ARGV[i + 2]), id)
  elseif op == 'u' then
    drop_timer(id)
  elseif op == 'k' then
    put_case(id, ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5], ARGV[i + 6], ARGV[i + 7])
  elseif op == 'w' then
    redis.call('RPUSH', keptKey(id), ARGV[i + 2])
  elseif op == 's' then
    put_task(id, ARGV[i + 2], ARGV[i + 3], ARGV[i + 4])
  elseif op == 'e' then
    end_task(id)
  elseif op == 'm' then
    redis.call('HINCRBY', countsKey(id), ARGV[i + 2], '1')
  elseif op == 'z' then
    redis.call('HDEL', caseKey(id), 'e:' .. ARGV[i + 2])
  elseif op == 'r' then
    for _, element in ipairs(redis.call('LRANGE', outboxKey(id), '0', '-1')) do
      local _, _, class = parse(element)
      if class == 'p' then redis.call('LREM', outboxKey(id), '1', element) end
    end
  elseif op == 'd' then
    erase_case(id, ARGV[i + 3])
  elseif op == 'f' then
    redis.call('DEL', keptKey(id), asideKey(id), outboxKey(id), helpKey(id), parkedKey(id), sentKey(id))
    local c = conversations[id]
    if c[5] then
      end_task(string.match(c[5], '%S+$'))
      redis.call('HDEL', conversationKey(id), 'w')
    end
    if c[2] and not c[4] then unschedule(id, c[2]) end
  elseif op == 'g' then
    local before = redis.call('HGET', conversationKey(id), 'x')
    if before then redis.call('DEL', codeKey(before)) end
    redis.call('SET', codeKey(ARGV[i + 2]), int(now + ARGV[i + 3]) .. ' ' .. id, 'PX', ARGV[i + 3])
    redis.call('HSET', conversationKey(id), 'x', ARGV[i + 2])
  elseif op == 'y' then
    redis.call('DEL', codeKey(id))
    redis.call('HDEL', conversationKey(ARGV[i + 2]), 'x')
  elseif op == 'l' then
    redis.call('SET', handleKey(id), ARGV[i + 2], 'XX')
  elseif op == 'n' then
    redis.call('HSET', answersKey(id), ARGV[i + 2], ARGV[i + 3])
  elseif op == 'b' then
    redis.call('HSET', auditKey, id, ARGV[i + 2])
  elseif op == 'v' then
    add_event(id, ARGV[i + 2], ARGV[i + 3], ARGV[i + 4])
  end
  i = i + SIZE[op]
end

local answer = {'done'}
for _, b in ipairs(order) do
  if b.token then
    if not b.written then redis.call('HSET', conversationKey(b.id), 'n', b.token, 'f', b.flight) end
    note(b.task, b.id, '0', '0', '0')
    schedule(b.id, b.sender, b.class, now + LEASE)
    local record = b.own and '' or redis.call('HGET', conversationKey(b.id), 'r')
    append(answer, {b.id, b.token, int(LEASE), '1', '0', record, b.task, '', b.window})
  elseif b.free then
    local head = b[b.head or 1]
    schedule(b.id, b.sender, ARGV[head + 3], now, 'LT')
  elseif not b.busy then
    local lease = follow(b.id, b.sender, true)
    if lease then
      redis.call('APPEND', MARK, ' ' .. b.id .. ' ' .. lease[2])
      append(answer, lease)
    end
  end
end
return answer
