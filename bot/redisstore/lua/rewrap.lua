-- rewrap: writes fields of a keyring if each is as it was read.
--
-- KEYS 1 the keyring
-- ARGV field, as read, new, ...
-- Returns 1; HEARD CONFLICT.
for i = 1, #ARGV, 3 do
  if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then return redis.error_reply('HEARD CONFLICT') end
end
for i = 1, #ARGV, 3 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2]) end
return 1
