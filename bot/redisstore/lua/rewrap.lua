-- rewrap: writes fields of a keyring if each is as it was read.
--
-- KEYS 1 the provider's prefix
-- ARGV field, as read, new, ...
-- Returns 1; HEARD CONFLICT.
for i = 1, #ARGV, 3 do
  if (redis.call('HGET', keyringKey, ARGV[i]) or '') ~= ARGV[i + 1] then return redis.error_reply('HEARD CONFLICT') end
end
for i = 1, #ARGV, 3 do redis.call('HSET', keyringKey, ARGV[i], ARGV[i + 2]) end
return 1
