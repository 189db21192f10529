"""Calls streakd from Python: with grpcio, and with Connect's own client. The stubs are made by grpc_tools from proto/.

Both clients are tried with and without compression. Connect's compresses whatever it sends unless it is told not to.
Prints one line of JSON for each check; test/polyglot/python.test.ts makes a test of each.
"""

import json
import sys
from datetime import datetime, timezone
from typing import Any, NamedTuple, Protocol

import grpc
from connectrpc.client import ConnectClientSync
from connectrpc.compat import google_protobuf_binary_codec, google_protobuf_json_codec
from connectrpc.errors import ConnectError
from connectrpc.method import IdempotencyLevel, MethodInfo, StreamType
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from streak.v1 import project_pb2, streak_service_pb2, streak_service_pb2_grpc

# Seconds; a deadline that no check comes near, unless the server hangs.
GENEROUS = 30

SERVICE = streak_service_pb2.DESCRIPTOR.services_by_name["StreakService"]


class Failure(Exception):
    """How a call has failed, whichever client made it."""

    def __init__(self, code: str, reasons: list[tuple[str, str]]) -> None:
        super().__init__(code, reasons)
        self.code = code
        # The domain and the reason of each ErrorInfo.
        self.reasons = reasons


class Client(Protocol):
    def call(self, method: str, request: Any, timeout: float = GENEROUS) -> Any:
        """Calls a unary method. Raises Failure."""


class Grpcio:
    def __init__(self, url: str, compression: grpc.Compression) -> None:
        channel = grpc.insecure_channel(url.removeprefix("http://"), compression=compression)
        self._stub = streak_service_pb2_grpc.StreakServiceStub(channel)

    def call(self, method: str, request: Any, timeout: float = GENEROUS) -> Any:
        try:
            return getattr(self._stub, method)(request, timeout=timeout)
        except grpc.RpcError as error:
            # None when the server sent no details.
            status = rpc_status.from_call(error)
            details = [] if status is None else status.details
            raise Failure(error.code().name, reasons_of((d.TypeName(), d.value) for d in details)) from error


class Connect:
    def __init__(self, url: str, **options: Any) -> None:
        self._client = ConnectClientSync(url, **options)

    def call(self, method: str, request: Any, timeout: float = GENEROUS) -> Any:
        output = getattr(streak_service_pb2, SERVICE.methods_by_name[method].output_type.name)
        info = MethodInfo(
            name=method,
            service_name=SERVICE.full_name,
            input=type(request),
            output=output,
            idempotency_level=IdempotencyLevel.UNKNOWN,
            stream_type=StreamType.UNARY,
        )
        try:
            return self._client.execute_unary(request=request, method=info, timeout_ms=round(timeout * 1000))
        except ConnectError as error:
            details = ((d.type_name, d.message_bytes) for d in error.details)
            raise Failure(error.code.name, reasons_of(details)) from error


def reasons_of(details: Any) -> list[tuple[str, str]]:
    infos = [
        error_details_pb2.ErrorInfo.FromString(value) for name, value in details if name == "google.rpc.ErrorInfo"
    ]
    return [(info.domain, info.reason) for info in infos]


# The clients, under the names by which the tests know them.
CLIENTS = {
    "grpcio": lambda url: Grpcio(url, grpc.Compression.NoCompression),
    "grpcio with gzip": lambda url: Grpcio(url, grpc.Compression.Gzip),
    "grpcio with deflate": lambda url: Grpcio(url, grpc.Compression.Deflate),
    "connectrpc": lambda url: Connect(url, codec=google_protobuf_binary_codec()),
    "connectrpc with JSON": lambda url: Connect(url, codec=google_protobuf_json_codec()),
    "connectrpc without compression": lambda url: Connect(
        url, codec=google_protobuf_binary_codec(), accept_compression=(), send_compression=None
    ),
}


class Caller(NamedTuple):
    name: str
    client: Client


def main() -> None:
    for name, connect in CLIENTS.items():
        caller = Caller(name, connect(sys.argv[1]))
        for title, check in CHECKS.items():
            line = {"client": name, "check": title, "ok": True, "detail": ""}
            try:
                check(caller)
            except Exception as problem:  # Whatever is wrong with one check, the others are still worth knowing.
                line |= {"ok": False, "detail": repr(problem)}
            print(json.dumps(line))


def records_an_event(caller: Caller) -> None:
    record(caller, "visit", "records", datetime.now(timezone.utc))


def reads_the_state(caller: Caller) -> None:
    for day in (15, 16):
        record(caller, "like", "reads", datetime(2024, 1, day, 12, tzinfo=timezone.utc))
    request = streak_service_pb2.GetStateRequest(site_key="proj_demo", user_hash=f"{caller.name} reads", event="like")
    state = caller.client.call("GetState", request)
    assert state.streak.mode == project_pb2.STREAK_MODE_CUMULATIVE, state
    assert state.streak.current == 2, state
    assert len(state.week) == 7, state


def reads_the_detail_of_an_error(caller: Caller) -> None:
    try:
        record(caller, "no-such-widget", "errs", datetime.now(timezone.utc))
    except Failure as failure:
        assert failure.code == "INVALID_ARGUMENT", failure
        assert ("streakd", "INVALID_WIDGET_KIND") in failure.reasons, failure
    else:
        raise AssertionError("an unknown widget is answered without an error")


def keeps_a_deadline(caller: Caller) -> None:
    try:
        user = f"{caller.name} late"
        request = streak_service_pb2.RecordEventRequest(site_key="proj_demo", user_hash=user, event="visit")
        # Not just a short one: gRPC rounds up, and streakd is fast enough to answer before a deadline of 0 seconds.
        caller.client.call("RecordEvent", request, timeout=-1)
    except Failure as failure:
        assert failure.code == "DEADLINE_EXCEEDED", failure
    else:
        raise AssertionError("a call whose deadline has passed is answered without an error")
    record(caller, "visit", "in time", datetime.now(timezone.utc))


def record(caller: Caller, event: str, user: str, ts: datetime) -> None:
    """Reports one event with every field set, well within its deadline."""
    request = streak_service_pb2.RecordEventRequest(
        site_key="proj_demo",
        user_hash=f"{caller.name} {user}",
        event=event,
        event_type=streak_service_pb2.EVENT_TYPE_STREAK_INTERACTION,
        ts=ts,
        tz="America/New_York",
        session_id="a session",
    )
    # Long enough that every client compresses it.
    request.meta.update({"postId": "123", "tags": ["a", 1, True, None], "text": "many words, " * 200})
    assert caller.client.call("RecordEvent", request).ok


# What every client must be able to do, under the names by which the tests know them.
CHECKS = {
    "records an event": records_an_event,
    "reads the state": reads_the_state,
    "reads the detail of an error": reads_the_detail_of_an_error,
    "keeps a deadline": keeps_a_deadline,
}

if __name__ == "__main__":
    main()
