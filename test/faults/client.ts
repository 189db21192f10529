import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { EventType, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import type { Server } from "../support/server.ts";

/** The protocols that the tests call over. */
export const PROTOCOLS = ["rest", "grpc"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** An event, as a client reports it. */
export interface Event {
  readonly siteKey: string;
  readonly userHash: string;
  readonly event: string;
  readonly type: "streak_interaction" | "widget_impression";
  /** Epoch milliseconds. */
  readonly at: number;
  readonly tz?: string;
  readonly sessionId?: string;
  readonly idempotencyKey?: string;
}

/**
 * How a call ended:
 *
 * - `ok`, or a code of streakd's catalogue of errors, such as `OVERLOADED`
 * - `lost`: the connection broke, or there was none to be had
 * - `late`: the client's own deadline passed
 * - anything else is what no call may ever end with
 */
export type Ending = string;

/** The part of a state that the tests look into. */
export interface State {
  readonly streak: { readonly current: number; readonly best: number; readonly todayDone: boolean };
  readonly week: readonly { readonly isoDate: string; readonly isToday: boolean; readonly isCheckedIn: boolean }[];
}

/** The zones of a correction: that which was named, and that which it should have been. */
interface Zones {
  readonly wrongZone: string;
  readonly rightZone: string;
}

/** Calls one server over both protocols. */
export interface ServerClient {
  record(protocol: Protocol, event: Event, timeoutMs?: number): Promise<Ending>;
  state(protocol: Protocol, siteKey: string, userHash: string, event: string): Promise<State>;
  /** Makes a name another of a user's. */
  link(siteKey: string, anonymousId: string, userHash: string): Promise<Ending>;
  /** Redates the events of a user that a zone has dated. */
  correctZone(siteKey: string, userHash: string, zones: Zones): Promise<Ending>;
  /** Breaks the connection that it holds. */
  close(): void;
}

/** The client of a server that has just started. */
export function createServerClient({ url, adminToken }: Server): ServerClient {
  const sessionManager = new Http2SessionManager(url);
  const grpc: Client<typeof StreakService> = createClient(
    StreakService,
    createGrpcTransport({ baseUrl: url, sessionManager }),
  );

  const post = (path: string, body: unknown, signal?: AbortSignal) =>
    fetch(url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Admin-Token": adminToken },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });

  async function recordOverGrpc(event: Event, timeoutMs?: number): Promise<Ending> {
    const { type, at, ...fields } = event;
    const eventType = type === "widget_impression" ? EventType.WIDGET_IMPRESSION : EventType.STREAK_INTERACTION;
    try {
      const request = { ...fields, eventType, ts: timestampFromMs(at) };
      const { ok } = await grpc.recordEvent(request, timeoutMs === undefined ? {} : { timeoutMs });
      return ok ? "ok" : "not ok";
    } catch (reason) {
      return grpcEnding(reason);
    }
  }

  async function recordOverRest(event: Event, timeoutMs?: number): Promise<Ending> {
    const { type, at, ...fields } = event;
    const body = { ...fields, eventType: type, ts: new Date(at).toISOString() };
    return await restEnding(
      () => post("/v1/e", body, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)),
      202,
    );
  }

  return {
    record: (protocol, event, timeoutMs) =>
      protocol === "grpc" ? recordOverGrpc(event, timeoutMs) : recordOverRest(event, timeoutMs),
    link: (siteKey, anonymousId, userHash) =>
      restEnding(() => post("/admin/alias", { siteKey, anonymousId, userHash }), 204),
    correctZone: (siteKey, userHash, zones) => {
      const path = `/admin/projects/${siteKey}/users/${userHash}:correctZone`;
      return restEnding(() => post(path, { ...zones, reason: "The app named the wrong zone" }), 200);
    },

    async state(protocol, siteKey, userHash, event) {
      if (protocol === "grpc") {
        const { streak, week } = await grpc.getState({ siteKey, userHash, event });
        return { streak: streak as State["streak"], week };
      }
      const response = await fetch(`${url}/v1/state?${new URLSearchParams({ siteKey, userHash, event })}`);
      const text = await response.text();
      if (response.status !== 200) {
        throw new Error(`no state: ${response.status} ${text}`);
      }
      return JSON.parse(text);
    },

    close: () => sessionManager.abort(),
  };
}

/** How a REST call ended; a refusal that says no time to come back is none. */
async function restEnding(call: () => Promise<Response>, success: number): Promise<Ending> {
  let response: Response;
  let text: string;
  try {
    response = await call();
    text = await response.text();
  } catch (reason) {
    const { name } = reason as Error;
    return name === "TimeoutError" ? "late" : reason instanceof TypeError ? "lost" : `threw ${reason}`;
  }
  if (response.status === success) {
    return "ok";
  }
  const { error } = /^\{"error":"(?<error>[A-Z_]+)"/.exec(text)?.groups ?? {};
  if (response.status === 503 && error === "OVERLOADED" && response.headers.get("retry-after") === "1") {
    return "OVERLOADED";
  }
  return response.status === 504 && error === "DEADLINE_EXCEEDED" ? error : `${response.status} ${text}`;
}

function grpcEnding(reason: unknown): Ending {
  const error = ConnectError.from(reason);
  const [info] = error.findDetails(ErrorInfoSchema);
  if (info !== undefined) {
    const hasTime = error.code === Code.Unavailable && error.metadata.get("retry-after") === "1";
    return info.reason !== "OVERLOADED" || hasTime ? info.reason : `OVERLOADED without a time: ${error.message}`;
  }
  // Without a reason it does not come from streakd's catalogue: the client has made it up, or the server broke.
  const isOfTransport = error.cause !== undefined || /^(http\/2|connection aborted)/.test(error.rawMessage);
  return error.code === Code.DeadlineExceeded ? "late" : isOfTransport ? "lost" : `${error}`;
}
