-- receipt: moves a message's status forward, never back, and ends a doubt.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 lease, 3 pace
--      4 task or ''  5 hashed id that the provider gave, or ''  6 rank of the status  7 rank that means "will not arrive"
-- Returns 1 if the message is now, for the first time, known not to arrive, else 0; HEARD MISSING.
local task, rank = ARGV[4], tonumber(ARGV[6])
if task == '' then task = redis.call('GET', receiptKey(ARGV[5])) end
if not task then return redis.error_reply('HEARD MISSING') end
local conv, status, settled, next = noted(task)
if not conv then return redis.error_reply('HEARD MISSING') end
if rank == 0 then return 0 end

local before = tonumber(status)
note(task, conv, int(math.max(rank, before)), settled, next)
if ARGV[5] ~= '' then redis.call('SET', receiptKey(ARGV[5]), task, 'PX', WEEK) end

local c = redis.call('HMGET', conversationKey(conv), 'f', 's')
local f = under_way(c[1])
if f and f.task == task and (f.token == '0' or f.till <= now) then
  redis.call('HDEL', conversationKey(conv), 'f')
  follow(conv, c[2], false)
end
if rank > before and rank == tonumber(ARGV[7]) then return 1 end
return 0
