-- Every request is the first event of a new user, as in unique.lua, and every answer is looked at.
require "events"

local threads = {}
accepted, shed, told_when, other = 0, 0, 0, 0

local number_thread = setup

function setup(thread)
  number_thread(thread)
  table.insert(threads, thread)
end

function request()
  return record(new_user())
end

function response(status, headers)
  if status == 202 then
    accepted = accepted + 1
  elseif status == 503 then
    shed = shed + 1
    told_when = told_when + (headers["Retry-After"] and 1 or 0)
  else
    other = other + 1
  end
end

local function sum(name)
  local total = 0
  for _, thread in ipairs(threads) do
    total = total + thread:get(name)
  end
  return total
end

-- Replaces that of events.lua: what bench/overload/crowds.ts reads.
function done(summary)
  local errors = summary.errors
  print(string.format(
    '{"accepted":%d,"shed":%d,"toldWhen":%d,"other":%d,"broken":%d,"seconds":%f}',
    sum("accepted"),
    sum("shed"),
    sum("told_when"),
    sum("other"),
    errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6
  ))
end
