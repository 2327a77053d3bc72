-- keyring: reads a provider's sealed keys, or keeps those given if there are none.
--
-- KEYS 1 the keyring
-- ARGV field, value, ...
-- Returns field, value, ... as they are now.
if redis.call('EXISTS', KEYS[1]) == 0 then
  for i = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
return redis.call('HGETALL', KEYS[1])
