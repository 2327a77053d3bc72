-- rekey: changes the numbered keys of a keyring.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now
--      2 version as read  3 '1' if all live instances must hold that version
--      4 the keys that seal from now on, as sealingKey has them
--      5 field to drop or ''  6 field to drop or ''
--      7... field, value: to add
-- Returns 0, or how many live instances hold another version, and nothing is changed then; HEARD CONFLICT.
if redis.call('HGET', keyringKey, 'version') ~= ARGV[2] then return redis.error_reply('HEARD CONFLICT') end
if ARGV[3] == '1' then
  local behind, readers = 0, redis.call('HGETALL', readersKey)
  for i = 1, #readers, 2 do
    local version, till = string.match(readers[i + 1], '^(%d+) (%d+)$')
    if tonumber(till) <= now then
      redis.call('HDEL', readersKey, readers[i])
    elseif version ~= ARGV[2] then
      behind = behind + 1
    end
  end
  if behind > 0 then return behind end
end
redis.call('HSET', keyringKey, 'version', int(ARGV[2] + 1))
redis.call('SET', sealingKey, ARGV[4])
for i = 7, #ARGV, 2 do redis.call('HSET', keyringKey, ARGV[i], ARGV[i + 1]) end
for i = 5, 6 do
  if ARGV[i] ~= '' then redis.call('HDEL', keyringKey, ARGV[i]) end
end
return 0
