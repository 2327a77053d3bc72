-- receipt: moves a message's status forward, never back, and ends a doubt.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 lease, 3 pace
--      4 task or ''  5 hashed id that the provider gave, or ''  6 rank of the status  7 rank that means "will not arrive"
-- Returns 1 if the message is now, for the first time, known not to arrive, else 0; HEARD MISSING.
local task, rank = ARGV[4], tonumber(ARGV[6])
if task == '' then task = redis.call('GET', receiptKey(ARGV[5])) end
if not task then return redis.error_reply('HEARD MISSING') end
local q = redis.call('HMGET', outgoingKey(task), 'conversation', 'status')
if not q[1] then return redis.error_reply('HEARD MISSING') end
local conv, before = q[1], tonumber(q[2] or '0')
if rank == 0 then return 0 end

if rank > before then redis.call('HSET', outgoingKey(task), 'status', int(rank)) end
redis.call('PEXPIRE', outgoingKey(task), int(WEEK))
if ARGV[5] ~= '' then redis.call('SET', receiptKey(ARGV[5]), task, 'PX', int(WEEK)) end

local f = redis.call('HMGET', flightKey(conv), 'token', 'until', 'element')
if f[3] and (f[1] == '0' or tonumber(f[2]) <= now) then
  local _, _, _, under_way = parse(f[3])
  if under_way == task then
    redis.call('DEL', flightKey(conv))
    follow(conv, redis.call('HGET', conversationKey(conv), 's'), false)
  end
end
if rank > before and rank == tonumber(ARGV[7]) then return 1 end
return 0
