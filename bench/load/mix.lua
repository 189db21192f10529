-- What apps do on a day: 70 % report again what is done, 20 % are new users, 10 % read a state. Those who come again are
-- among the last whom this run has seen.
require "events"

local REMEMBERED = 20000

local seen = {}
local newest = 0

local function someone()
  return seen[math.random(#seen)]
end

local function newcomer()
  local user = new_user()
  newest = newest % REMEMBERED + 1
  seen[newest] = user
  return user
end

function request()
  local dice = math.random(100)
  if dice <= 20 or #seen == 0 then
    return record(newcomer())
  elseif dice <= 90 then
    return record(someone())
  end
  return state(someone())
end
