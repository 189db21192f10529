-- Every request links a visitor never seen before to one of the known users, as an app does at a first login.
require "events"

-- bench/load/load.ts says it too.
local ADMIN_TOKEN = "the-admin-token-of-the-bench"

local headers = { ["Content-Type"] = "application/json", ["X-Admin-Token"] = ADMIN_TOKEN }
local count = 0

function request()
  count = count + 1
  return wrk.format("POST", "/admin/alias", headers, link_body(new_user(), known_user(count)))
end
