"""Records an event, reads the streak, and lists the projects."""

import os
import sys

from connectrpc.code import Code
from connectrpc.errors import ConnectError
from stubs.google.rpc.error_details_pb import ErrorInfo
from stubs.streak.v1.admin_service_connect import AdminServiceClientSync
from stubs.streak.v1.admin_service_pb import ListProjectsRequest
from stubs.streak.v1.streak_service_connect import StreakServiceClientSync
from stubs.streak.v1.streak_service_pb import GetStateRequest, RecordEventRequest

url = f"http://{os.environ['STREAKD_ADDRESS']}"

# Every call gets a deadline.
streaks = StreakServiceClientSync(url, timeout_ms=10_000)
admin = AdminServiceClientSync(url, timeout_ms=10_000)

try:
    recorded = streaks.record_event(RecordEventRequest(site_key="proj_demo", user_hash="user_connect", event="visit"))
except ConnectError as error:
    if error.code != Code.DEADLINE_EXCEEDED:
        raise
    # The event may have been recorded. To send it again is always safe.
    print("deadline exceeded")
    sys.exit(1)
print("recorded:", str(recorded.ok).lower())

state = streaks.get_state(GetStateRequest(site_key="proj_demo", user_hash="user_connect", event="visit"))
print("current streak:", state.streak.current)

# An error has a code of Connect, and a reason of streakd that programs can compare.
try:
    event = RecordEventRequest(site_key="proj_demo", user_hash="user_connect", event="no_such_widget")
    streaks.record_event(event)
except ConnectError as error:
    for detail in error.details:
        if info := detail.value(ErrorInfo):
            print("error:", error.code.name, info.reason)

# Only for servers: the admin token must never reach a browser or an app.
page = admin.list_projects(ListProjectsRequest(), headers={"x-admin-token": os.environ["ADMIN_TOKEN"]})
for project in page.projects:
    print("project:", project.site_key)
try:
    admin.list_projects(ListProjectsRequest(), headers={"x-admin-token": "wrong"})
except ConnectError as error:
    if error.code == Code.UNAUTHENTICATED:
        print("a wrong token is refused")
