-- keyring: notes what an instance holds of a keyring, and reads it where there is a newer one.
--
-- KEYS 1 the provider's prefix
-- ARGV 1 now
--      2 instance  3 version of the keyring that it holds, '0' for none  4 until when that is to count, ms from now
--      5 the keys that seal and 6... field, value: the keyring to keep if there is none
-- Returns version and the keys that seal; where the version is not ARGV 3, then field, value, ...
if #ARGV > 4 and redis.call('EXISTS', keyringKey) == 0 then
  for i = 6, #ARGV, 2 do redis.call('HSET', keyringKey, ARGV[i], ARGV[i + 1]) end
  redis.call('SET', sealingKey, ARGV[5])
end
if ARGV[3] ~= '0' then
  redis.call('HSET', readersKey, ARGV[2], ARGV[3] .. ' ' .. int(now + tonumber(ARGV[4])))
end
local version = redis.call('HGET', keyringKey, 'version')
local answer = {version, redis.call('GET', sealingKey)}
if version ~= ARGV[3] then
  for _, v in ipairs(redis.call('HGETALL', keyringKey)) do answer[#answer + 1] = v end
end
return answer
