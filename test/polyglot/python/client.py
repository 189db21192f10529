"""Calls streakd from Python, with grpcio and with stubs that grpc_tools made from proto/.

Prints one line of JSON for each check; test/polyglot/python.test.ts makes a test of each.
"""

import json
import sys
from datetime import datetime, timezone

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from streak.v1 import project_pb2, streak_service_pb2, streak_service_pb2_grpc

CLIENT = "grpcio"

# Seconds; a deadline that no check comes near, unless the server hangs.
GENEROUS = 30

Stub = streak_service_pb2_grpc.StreakServiceStub


def main() -> None:
    url = sys.argv[1]
    with grpc.insecure_channel(url.removeprefix("http://")) as channel:
        stub = Stub(channel)
        for name, check in CHECKS.items():
            line = {"client": CLIENT, "check": name, "ok": True, "detail": ""}
            try:
                check(stub)
            except Exception as problem:  # Whatever is wrong with one check, the others are still worth knowing.
                line |= {"ok": False, "detail": repr(problem)}
            print(json.dumps(line))


def records_an_event(stub: Stub) -> None:
    record(stub, "visit", "records", datetime.now(timezone.utc))


def reads_the_state(stub: Stub) -> None:
    for day in (15, 16):
        record(stub, "like", "reads", datetime(2024, 1, day, 12, tzinfo=timezone.utc))
    request = streak_service_pb2.GetStateRequest(site_key="proj_demo", user_hash=f"{CLIENT} reads", event="like")
    state = stub.GetState(request, timeout=GENEROUS)
    assert state.streak.mode == project_pb2.STREAK_MODE_CUMULATIVE, state
    assert state.streak.current == 2, state
    assert len(state.week) == 7, state


def reads_the_detail_of_an_error(stub: Stub) -> None:
    try:
        record(stub, "no-such-widget", "errs", datetime.now(timezone.utc))
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error
        # None when the server sent no details.
        status = rpc_status.from_call(error)
        assert status is not None, "the error has no details"
        info = error_details_pb2.ErrorInfo()
        assert any(detail.Unpack(info) for detail in status.details), status
        assert (info.domain, info.reason) == ("streakd", "INVALID_WIDGET_KIND"), info
    else:
        raise AssertionError("an unknown widget is answered without an error")


def keeps_a_deadline(stub: Stub) -> None:
    try:
        request = streak_service_pb2.RecordEventRequest(site_key="proj_demo", user_hash=f"{CLIENT} late", event="visit")
        # Not just a short one: gRPC rounds up, and streakd is fast enough to answer before a deadline of 0 seconds.
        stub.RecordEvent(request, timeout=-1)
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED, error
    else:
        raise AssertionError("a call whose deadline has passed is answered without an error")
    record(stub, "visit", "in time", datetime.now(timezone.utc))


def record(stub: Stub, event: str, user: str, ts: datetime) -> None:
    """Reports one event with every field set, well within its deadline."""
    request = streak_service_pb2.RecordEventRequest(
        site_key="proj_demo",
        user_hash=f"{CLIENT} {user}",
        event=event,
        event_type=streak_service_pb2.EVENT_TYPE_STREAK_INTERACTION,
        ts=ts,
        tz="America/New_York",
        session_id="a session",
    )
    request.meta.update({"postId": "123", "tags": ["a", 1, True, None]})
    assert stub.RecordEvent(request, timeout=GENEROUS).ok


# What every client must be able to do, under the names by which the tests know them.
CHECKS = {
    "records an event": records_an_event,
    "reads the state": reads_the_state,
    "reads the detail of an error": reads_the_detail_of_an_error,
    "keeps a deadline": keeps_a_deadline,
}

if __name__ == "__main__":
    main()
