-- reseal: puts new values in the place of old ones, each where it still stands as it was read.
--
-- KEYS 1 the provider's prefix
-- ARGV key without its prefix, field (of a list: index), as read, new, ...
-- Returns how many were replaced.
local done = 0
for i = 1, #ARGV, 4 do
  local key, field, old, new = P .. ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local kind = redis.call('TYPE', key)['ok']
  if kind == 'hash' and redis.call('HGET', key, field) == old then
    redis.call('HSET', key, field, new)
    done = done + 1
  elseif kind == 'string' and redis.call('GET', key) == old then
    redis.call('SET', key, new)
    done = done + 1
  elseif kind == 'list' then
    local at = redis.call('LINDEX', key, field) == old and field or redis.call('LPOS', key, old)
    if at then
      redis.call('LSET', key, at, new)
      done = done + 1
    end
  end
end
return done
