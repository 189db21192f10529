// Records an event, reads the streak, and lists the projects.

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "streak/v1/admin_service.grpc.pb.h"
#include "streak/v1/streak_service.grpc.pb.h"

namespace {

streak::v1::RecordEventRequest Event(const std::string& event) {
  streak::v1::RecordEventRequest request;
  request.set_site_key("proj_demo");
  request.set_user_hash("user_cpp");
  request.set_event(event);
  return request;
}

// Every call gets a context of its own, and a deadline.
struct Context : grpc::ClientContext {
  Context() { set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10)); }
};

// The reason of streakd, which programs can compare; empty when the error has none.
std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  details.ParseFromString(status.error_details());
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&info)) {
      return info.reason();
    }
  }
  return "";
}

int Fail(const grpc::Status& status) {
  std::cerr << status.error_message() << "\n";
  return 1;
}

}  // namespace

int main() {
  // With TLS: grpc::SslCredentials({}).
  auto channel = grpc::CreateChannel(std::getenv("STREAKD_ADDRESS"), grpc::InsecureChannelCredentials());
  auto streaks = streak::v1::StreakService::NewStub(channel);
  auto admin = streak::v1::AdminService::NewStub(channel);

  Context recording;
  streak::v1::RecordEventResponse recorded;
  grpc::Status status = streaks->RecordEvent(&recording, Event("visit"), &recorded);
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    // The event may have been recorded. To send it again is always safe.
    std::cout << "deadline exceeded\n";
    return 1;
  }
  if (!status.ok()) {
    return Fail(status);
  }
  std::cout << "recorded: " << std::boolalpha << recorded.ok() << "\n";

  Context reading;
  streak::v1::GetStateRequest request;
  request.set_site_key("proj_demo");
  request.set_user_hash("user_cpp");
  request.set_event("visit");
  streak::v1::GetStateResponse state;
  status = streaks->GetState(&reading, request, &state);
  if (!status.ok()) {
    return Fail(status);
  }
  std::cout << "current streak: " << state.streak().current() << "\n";

  Context failing;
  status = streaks->RecordEvent(&failing, Event("no_such_widget"), &recorded);
  if (status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) {
    std::cout << "error: INVALID_ARGUMENT " << ReasonOf(status) << "\n";
  }

  // Only for servers: the admin token must never reach a browser or an app.
  Context listing;
  listing.AddMetadata("x-admin-token", std::getenv("ADMIN_TOKEN"));
  streak::v1::ListProjectsResponse page;
  status = admin->ListProjects(&listing, {}, &page);
  if (!status.ok()) {
    return Fail(status);
  }
  for (const auto& project : page.projects()) {
    std::cout << "project: " << project.site_key() << "\n";
  }
  Context refused;
  refused.AddMetadata("x-admin-token", "wrong");
  status = admin->ListProjects(&refused, {}, &page);
  if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED) {
    std::cout << "a wrong token is refused\n";
  }
}
