-- receipt: moves a message's status forward, never back, and ends a doubt.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 lease, 3 pace
--      4 task or ''  5 hashed id that the provider gave, or ''  6 rank of the status
--      7 rank from which a message has arrived  8 rank that means "will not arrive"
--      9 '1' if it will not because WhatsApp's window was closed
-- Returns nothing where nobody need know, else nine values: task, conversation, '1' if it was told before, the message
-- if it is still under way, or is kept and did not arrive, or '', case, its version ('0': none), record, wrapped key, '1' if the message has news of
-- that case. HEARD MISSING.
local task, rank, arrived, lost = ARGV[4], tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
if task == '' then task = redis.call('GET', receiptKey(ARGV[5])) end
if not task then return redis.error_reply('HEARD MISSING') end
local conv, status, settled, next, about = noted(task)
if not conv then return redis.error_reply('HEARD MISSING') end
if rank == 0 or ARGV[5] ~= '' and redis.call('GET', receiptKey(ARGV[5])) == '-' then return {} end

local before, sealed = tonumber(status), ''
local case, month, of = string.match(about, '^([^,]*),?([^,]*),?(.*)$')
note(task, conv, int(math.max(rank, before)), settled, next, about)
if ARGV[5] ~= '' then redis.call('SET', receiptKey(ARGV[5]), task, 'PX', WEEK) end

local c = redis.call('HMGET', conversationKey(conv), 'f', 's', 'k', 'w')
local f = under_way(c[1])
local own = f and f.task == task

-- A message that WhatsApp took and then refused goes back: it may yet arrive, and what is told of its first sending is
-- over.
if rank >= arrived and string.find(c[2] or '', '^whatsapp:') then
  local back = redis.call('HGET', sentKey(conv), task)
  if rank ~= lost or ARGV[9] == '1' then redis.call('HDEL', sentKey(conv), task) end
  if own then back = waiting(0, 0, string.upper(f.class), task, f.sealed) end
  if back and rank == lost and ARGV[9] == '1' then
    local _, parked, told = window(c[4])
    set_window(conv, now, parked, told)
    note(task, conv, '0', settled, next, about)
    if ARGV[5] ~= '' then redis.call('SET', receiptKey(ARGV[5]), '-', 'PX', WEEK) end
    put_back(conv, back)
    if own then redis.call('HDEL', conversationKey(conv), 'f') end
    if own or not f then follow(conv, c[2], false) end
    return {}
  end
  if back and rank == lost then
    local _, _, _, _, kept = parse(back)
    sealed = kept
  end
end
if own then
  sealed = f.sealed
  if f.token == '0' or f.till <= now then
    redis.call('HDEL', conversationKey(conv), 'f')
    follow(conv, c[2], false)
  end
end

-- A question of a survey is counted when it first arrives.
if of ~= '' and rank >= arrived and rank ~= lost and before < arrived then
  redis.call('HINCRBY', countsKey(month), of, '1')
end

-- What was seen to arrive has arrived. All else but a failure is told of news only, and only once it is there.
if rank < arrived or rank < before or before >= arrived and before < lost and rank == lost then return {} end
if rank ~= lost and case == '' and sealed == '' then return {} end
local news = case ~= '' and '1' or ''
if case == '' and rank == lost then case = c[3] or '' end
local k = {}
if case ~= '' then k = redis.call('HMGET', caseKey(case), 'v', 'r', 'w') end
return {task, conv, rank == before and '1' or '', sealed, case, k[1] or '0', k[2] or '', k[3] or '', news}
