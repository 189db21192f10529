-- Every request is the first event of a user never seen before: all that a store can be asked to do.
require "events"

function request()
  return record(new_user())
end
