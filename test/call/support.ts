import type { DescMethod } from "@bufbuild/protobuf";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { Authenticator, hashAdminToken } from "#src/call/authenticator.ts";
import type { MethodContract } from "#src/call/contract.ts";
import { type CallCode, type Incoming, type IncomingRequest, LazyMetadata } from "#src/call/incoming.ts";
import type { Method } from "#src/call/method.ts";
import { createPipeline, type RunCall } from "#src/call/pipeline.ts";
import { type FailedLine, observerOf } from "../support/observer.ts";

/** The header of root. */
export const ROOT = { "x-admin-token": "s3cret" };

/** A pipeline, and what it has told of its calls. */
export interface Opened {
  readonly run: RunCall;
  /** The codes of the calls that have ended, in order. */
  readonly codes: CallCode[];
  /** The lines of the log about failed calls. */
  readonly logged: FailedLine[];
}

/** Opens a pipeline that knows root. */
export function openPipeline(authenticate = rootOnly()): Opened {
  const codes: CallCode[] = [];
  const logged: FailedLine[] = [];
  const observer = observerOf(
    ({ code }) => codes.push(code),
    (line) => logged.push(line),
  );
  return { run: createPipeline(authenticate, observer), codes, logged };
}

function rootOnly() {
  const authenticator = new Authenticator(async () => "unknown");
  authenticator.setRootToken(hashAdminToken(ROOT["x-admin-token"]));
  return authenticator.authenticate;
}

/** A method of some kind, for anyone, whose messages are those of RecordEvent. */
export function methodOf(
  methodKind: DescMethod["methodKind"],
  handle: Method["handle"],
  contract: Partial<MethodContract> = {},
): Method {
  const method = { ...StreakService.method.recordEvent, methodKind } as unknown as DescMethod;
  return {
    contract: {
      method,
      access: "anyone",
      maxMessageBytes: 1024,
      hasDefaultDeadline: methodKind === "unary",
      check: () => {},
      ...contract,
    },
    isProbe: false,
    handle,
  };
}

/** A call as a transport hands it over, whose client leaves when the test says so. */
export function incomingOf(
  init: Partial<Incoming & Pick<IncomingRequest, "headers">> = {},
): Incoming & { leave(): void } {
  const { headers = {}, ...rest } = init;
  const listeners: (() => void)[] = [];
  return {
    protocol: "rest",
    http: { route: "/v1/e", statusOf: () => 200 },
    request: {
      method: "POST",
      url: "/v1/e",
      httpVersionMajor: 1,
      headers,
      requestId: "a-request",
      isCall: false,
      peer: "127.0.0.1",
      receivedAt: performance.now(),
      onceOver: (listener) => listeners.push(listener),
    },
    timeoutMs: undefined,
    response: new LazyMetadata(),
    leave() {
      for (const listener of listeners.splice(0)) {
        listener();
      }
    },
    ...rest,
  };
}
