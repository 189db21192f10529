# Records an event, reads the streak, and lists the projects.

$LOAD_PATH.unshift File.join(__dir__, "stubs")

require "google/protobuf/well_known_types"
require "google/rpc/error_details_pb"
require "google/rpc/status_pb"
require "grpc"
require "streak/v1/admin_service_services_pb"
require "streak/v1/streak_service_services_pb"

address = ENV.fetch("STREAKD_ADDRESS")
# With TLS: GRPC::Core::ChannelCredentials.new. Every call gets a deadline, in seconds.
streaks = Streakd::V1::StreakService::Stub.new(address, :this_channel_is_insecure, timeout: 10)
admin = Streakd::V1::AdminService::Stub.new(address, :this_channel_is_insecure, timeout: 10)

user = { site_key: "proj_demo", user_hash: "user_ruby" }

begin
  recorded = streaks.record_event(Streakd::V1::RecordEventRequest.new(**user, event: "visit"))
rescue GRPC::DeadlineExceeded
  # The event may have been recorded. To send it again is always safe.
  puts "deadline exceeded"
  exit 1
end
puts "recorded: #{recorded.ok}"

state = streaks.get_state(Streakd::V1::GetStateRequest.new(**user, event: "visit"))
puts "current streak: #{state.streak.current}"

# An error has a code of gRPC, and a reason of streakd that programs can compare.
begin
  streaks.record_event(Streakd::V1::RecordEventRequest.new(**user, event: "no_such_widget"))
rescue GRPC::InvalidArgument => error
  status = Google::Rpc::Status.decode(error.metadata["grpc-status-details-bin"])
  status.details.grep(->(detail) { detail.is(Google::Rpc::ErrorInfo) }) do |detail|
    puts "error: INVALID_ARGUMENT #{detail.unpack(Google::Rpc::ErrorInfo).reason}"
  end
end

# Only for servers: the admin token must never reach a browser or an app.
request = Streakd::V1::ListProjectsRequest.new
page = admin.list_projects(request, metadata: { "x-admin-token" => ENV.fetch("ADMIN_TOKEN") })
page.projects.each { |project| puts "project: #{project.site_key}" }
begin
  admin.list_projects(request, metadata: { "x-admin-token" => "wrong" })
rescue GRPC::Unauthenticated
  puts "a wrong token is refused"
end
