-- Every request is about any of the users that a store is filled with, who have all done today: a repeat, or, when the
-- script is given `state`, a read. The script is given how many users there are.
require "events"

local users, ask

function init(arguments)
  start(arguments)
  users = tonumber(arguments[4])
  ask = arguments[5] == "state" and state or record
end

function request()
  return ask(filled_user(math.random(users)))
end
