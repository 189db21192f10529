"""Records an event, reads the streak, and lists the projects."""

import os
import sys

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from streak.v1 import admin_service_pb2, admin_service_pb2_grpc, streak_service_pb2, streak_service_pb2_grpc

# With TLS: grpc.secure_channel(address, grpc.ssl_channel_credentials()).
channel = grpc.insecure_channel(os.environ["STREAKD_ADDRESS"])
streaks = streak_service_pb2_grpc.StreakServiceStub(channel)
admin = admin_service_pb2_grpc.AdminServiceStub(channel)

# Every call gets a deadline, in seconds.
DEADLINE = 10

try:
    event = streak_service_pb2.RecordEventRequest(site_key="proj_demo", user_hash="user_python", event="visit")
    recorded = streaks.RecordEvent(event, timeout=DEADLINE)
except grpc.RpcError as error:
    if error.code() != grpc.StatusCode.DEADLINE_EXCEEDED:
        raise
    # The event may have been recorded. To send it again is always safe.
    print("deadline exceeded")
    sys.exit(1)
print("recorded:", str(recorded.ok).lower())

request = streak_service_pb2.GetStateRequest(site_key="proj_demo", user_hash="user_python", event="visit")
state = streaks.GetState(request, timeout=DEADLINE)
print("current streak:", state.streak.current)

# An error has a code of gRPC, and a reason of streakd that programs can compare.
try:
    event = streak_service_pb2.RecordEventRequest(site_key="proj_demo", user_hash="user_python", event="no_such_widget")
    streaks.RecordEvent(event, timeout=DEADLINE)
except grpc.RpcError as error:
    info = error_details_pb2.ErrorInfo()
    for detail in rpc_status.from_call(error).details:
        if detail.Unpack(info):
            print("error:", error.code().name, info.reason)

# Only for servers: the admin token must never reach a browser or an app.
token = [("x-admin-token", os.environ["ADMIN_TOKEN"])]
for project in admin.ListProjects(admin_service_pb2.ListProjectsRequest(), timeout=DEADLINE, metadata=token).projects:
    print("project:", project.site_key)
try:
    wrong = [("x-admin-token", "wrong")]
    admin.ListProjects(admin_service_pb2.ListProjectsRequest(), timeout=DEADLINE, metadata=wrong)
except grpc.RpcError as error:
    if error.code() == grpc.StatusCode.UNAUTHENTICATED:
        print("a wrong token is refused")
