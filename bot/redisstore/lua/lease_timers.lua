-- lease_timers: takes timers that are due, or whose lease was lost: both stand in one index.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 lease, 3 how many at most
-- Returns id, token and timer, flat, oldest first.
local answer = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', timersKey, '-inf', int(now), 'LIMIT', '0', ARGV[3])) do
  local token = int(redis.call('INCR', tokenKey))
  redis.call('HSET', timerKey(id), 'token', token)
  redis.call('ZADD', timersKey, int(now + tonumber(ARGV[2])), id)
  answer[#answer + 1] = id
  answer[#answer + 1] = token
  answer[#answer + 1] = redis.call('HGET', timerKey(id), 'b') or ''
end
return answer
