-- Every request is the first event of the next user of those that `npm run bench:flat` fills a store with, from the number
-- that the script is given. With one thread of wrk only.
require "events"

local number

function init(arguments)
  start(arguments)
  number = tonumber(arguments[4]) - 1
end

function request()
  number = number + 1
  return record(filled_user(number))
end
