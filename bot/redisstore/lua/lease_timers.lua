-- lease_timers: takes timers that are due, or whose lease was lost: both stand in one index.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now, 2 lease, 3 how many at most  4 ms since this instance last asked, by its own clock; -1: it never did
-- Returns how far the clock was set, and where that is 0: id, token and timer, flat, oldest first.
--
-- A clock that was set, by more than LEAP, is taken out of every timer that was not due: what was to happen in an hour
-- happens in an hour. That it went back shows also to an instance that has just begun. Messages never wait long, so they
-- are not put off by a step forward; those that were leased or put off by a clock that was ahead come back with it.
local LEAP = 300000
local seen, passed, step = tonumber(redis.call('GET', seenAtKey) or '0'), tonumber(ARGV[4]), 0
if seen > 0 and passed >= 0 and now - seen > passed + LEAP then step = now - seen - passed end
if seen - now > LEAP then step = now - seen end
redis.call('SET', seenAtKey, int(now))
if step < 0 then
  for _, sender in ipairs(redis.call('SMEMBERS', sendersKey)) do
    for _, lane in ipairs({'r:', 'p:'}) do
      local ahead = redis.call('ZRANGEBYSCORE', dueKey(lane .. sender), '(' .. int(now), '+inf', 'WITHSCORES')
      for i = 1, #ahead, 2 do
        redis.call('ZADD', dueKey(lane .. sender), int(math.max(now, ahead[i + 1] + step)), ahead[i])
      end
    end
  end
end
if step ~= 0 then
  local later = redis.call('ZRANGEBYSCORE', timersKey, '(' .. int(math.min(now, now - step)), '+inf', 'WITHSCORES')
  for i = 1, #later, 2 do
    redis.call('ZADD', timersKey, int(later[i + 1] + step), later[i])
    redis.call('HINCRBY', timerKey(later[i]), 'base', int(step))
  end
  return {int(step)}
end
local answer = {'0'}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', timersKey, '-inf', int(now), 'LIMIT', '0', ARGV[3])) do
  local token = int(redis.call('INCR', tokenKey))
  redis.call('HSET', timerKey(id), 'token', token)
  redis.call('ZADD', timersKey, int(now + tonumber(ARGV[2])), id)
  answer[#answer + 1] = id
  answer[#answer + 1] = token
  answer[#answer + 1] = redis.call('HGET', timerKey(id), 'b') or ''
end
return answer
