-- What every script for wrk shares: who a user is, how a request is written in each protocol, and how a run ends.
--
--   wrk … -s SCRIPT.lua URL -- RUN PROTOCOL ZONE
--
-- RUN is in the name of every new user, so that no two runs meet. PROTOCOL is one of those below. ZONE, when not empty, is the
-- zone that every event names.

local SITE_KEY = "proj_demo"
local EVENT = "visit"

-- Users whose day is done before a measurement begins: bench/prepare.ts records them.
local KNOWN_USERS = 200

-- Odd, so that it scatters the numbers below 2^32 without two of them meeting; small enough for products of numbers below
-- 2^24 to be exact. bench/flat/fill.ts names its users with it too.
local SCATTER = 387420489

local json_headers = { ["Content-Type"] = "application/json" }
local connect_json_headers = { ["Content-Type"] = "application/json", ["Connect-Protocol-Version"] = "1" }
local connect_binary_headers = { ["Content-Type"] = "application/proto", ["Connect-Protocol-Version"] = "1" }

local run, protocol, zone
local made = 0

-- A field of a protobuf message that is a string of less than 128 bytes.
local function proto_string(number, value)
  return string.char(number * 8 + 2, #value) .. value
end

local function json_body(user)
  local tz = zone and '","tz":"' .. zone or ""
  return '{"siteKey":"' .. SITE_KEY .. '","userHash":"' .. user .. '","event":"' .. EVENT .. tz .. '"}'
end

local function binary_body(user, zone_field)
  local tz = zone and proto_string(zone_field, zone) or ""
  return proto_string(1, SITE_KEY) .. proto_string(2, user) .. proto_string(3, EVENT) .. tz
end

-- The body that links a visitor to a user.
function link_body(visitor, user)
  return '{"siteKey":"' .. SITE_KEY .. '","anonymousId":"' .. visitor .. '","userHash":"' .. user .. '"}'
end

local protocols = {
  rest = {
    record = function(user)
      return wrk.format("POST", "/v1/e", json_headers, json_body(user))
    end,
    state = function(user)
      return wrk.format("GET", "/v1/state?siteKey=" .. SITE_KEY .. "&userHash=" .. user .. "&event=" .. EVENT)
    end,
  },
  ["connect-json"] = {
    record = function(user)
      return wrk.format("POST", "/streak.v1.StreakService/RecordEvent", connect_json_headers, json_body(user))
    end,
    state = function(user)
      return wrk.format("POST", "/streak.v1.StreakService/GetState", connect_json_headers, json_body(user))
    end,
  },
  ["connect-binary"] = {
    record = function(user)
      return wrk.format("POST", "/streak.v1.StreakService/RecordEvent", connect_binary_headers, binary_body(user, 6))
    end,
    state = function(user)
      return wrk.format("POST", "/streak.v1.StreakService/GetState", connect_binary_headers, binary_body(user, 4))
    end,
  },
}

-- The request that records an event of a user.
function record(user)
  return protocol.record(user)
end

-- The request that reads a user's state.
function state(user)
  return protocol.state(user)
end

-- A user who was never seen before. Names come in no order, as those of real users do.
function new_user()
  made = made + 1
  return string.format("%08x-%s-%d", made * SCATTER % 4294967296, run, thread_number)
end

-- A user whose day is done, one after the other.
function known_user(count)
  return "known-" .. count % KNOWN_USERS
end

-- The user with this number among those that `npm run bench:flat` fills a store with.
function filled_user(number)
  return string.format("%08x", number * SCATTER % 4294967296)
end

local threads = 0

function setup(thread)
  thread:set("thread_number", threads)
  threads = threads + 1
end

-- Begins with what follows `--` on the command line. A script that is given more defines an `init` that calls this.
function start(arguments)
  run, protocol = arguments[1], protocols[arguments[2]]
  zone = arguments[3] ~= "" and arguments[3] or nil
  math.randomseed(thread_number + 1)
end

init = start

-- The last line that wrk prints: what bench/load/wrk.ts reads.
function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"refused":%d,"broken":%d}',
    summary.requests,
    summary.duration / 1e6,
    latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3,
    errors.status,
    errors.connect + errors.read + errors.write + errors.timeout
  ))
end
