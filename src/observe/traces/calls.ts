import type { IncomingHttpHeaders } from "node:http";
import { codeFromString } from "@connectrpc/connect/protocol-connect";
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import type { Incoming } from "../../call/incoming.ts";
import type { Method } from "../../call/method.ts";
import type { CallSpan, EndedCall } from "../../call/observer.ts";
import { errorCatalogue } from "../../error-catalogue.ts";
import { clip, isForOperator } from "../../errors.ts";
import { pathOf } from "../../http/message.ts";
import { withoutUser } from "../without-user.ts";
import type { RunningContext } from "./running-context.ts";

/** What a server span says that a request does not. */
export interface CallSpansInit {
  readonly scheme: "http" | "https";
}

const propagator = new W3CTraceContextPropagator();

const headerGetter = {
  keys: (headers: IncomingHttpHeaders) => Object.keys(headers),
  get: (headers: IncomingHttpHeaders, name: string) => headers[name],
};

/** What the semantic conventions call the protocols. */
const RPC_SYSTEMS: Readonly<Record<string, string>> = { connect: "connect_rpc", grpc: "grpc", "grpc-web": "grpc" };

/** The status of gRPC for a success. */
const GRPC_OK = 0;

/**
 * Creates what begins the server span of a call: a child of the span that the caller's `traceparent` names, named and
 * described by OpenTelemetry's semantic conventions for HTTP and RPC. Probes are not traced.
 */
export function createCallSpans(
  tracer: Tracer,
  running: RunningContext,
  { scheme }: CallSpansInit,
): (method: Method, incoming: Incoming) => CallSpan | undefined {
  return (method, incoming) => {
    if (method.isProbe) {
      return undefined;
    }
    const { protocol, request, http } = incoming;
    const parent = propagator.extract(ROOT_CONTEXT, request.headers, headerGetter);
    const name = protocol === "rest" ? `${request.method} ${http.route}` : http.route.slice(1);
    const attributes = {
      ...httpAttributes(incoming),
      ...(protocol !== "rest" && rpcAttributes(method, protocol)),
      "url.scheme": scheme,
    };
    const options = { kind: SpanKind.SERVER, startTime: request.receivedAt, attributes };
    const span = tracer.startSpan(name, options, parent);
    const context = trace.setSpan(parent, span);
    return {
      ...span.spanContext(),
      run: (work) => running.run(context, work),
      end: (call) => endSpan(span, call),
    };
  };
}

/** Longer than browsers' names for themselves. A client could send 16 KiB with each call. */
const MAX_USER_AGENT_LENGTH = 512;

function httpAttributes({ request, http }: Incoming): Attributes {
  const host = /^(?<address>.*?)(?::(?<port>\d+))?$/.exec(
    `${request.headers[":authority"] ?? request.headers.host ?? ""}`,
  );
  const port = host?.groups?.port;
  return {
    "http.request.method": request.method,
    "http.route": http.route,
    // Without the query, which may name a user.
    "url.path": withoutUser(pathOf(request.url)),
    "network.protocol.version": request.httpVersionMajor === 2 ? "2" : "1.1",
    "server.address": host?.groups?.address,
    "server.port": port === undefined ? undefined : Number(port),
    "client.address": request.peer,
    "user_agent.original": clip(request.headers["user-agent"] ?? "", MAX_USER_AGENT_LENGTH),
    "streakd.request.id": request.requestId,
  };
}

function rpcAttributes({ contract: { method } }: Method, protocol: string): Attributes {
  return {
    "rpc.system": RPC_SYSTEMS[protocol],
    "rpc.service": method.parent.typeName,
    "rpc.method": method.name,
  };
}

function endSpan(span: Span, call: EndedCall): void {
  if (span.isRecording()) {
    const { code, error, incoming, subject } = call;
    span.setAttributes({
      "http.response.status_code": incoming.http.statusOf(code),
      "streakd.code": code,
      "streakd.project": subject?.project,
      ...rpcOutcome(call),
    });
    if (code !== "OK" && code !== "OTHER" && errorCatalogue[code].http >= 500) {
      span.setAttribute("error.type", code);
      span.setStatus({ code: SpanStatusCode.ERROR });
      if (isForOperator(error)) {
        span.recordException(error instanceof Error ? error : String(error));
      }
    }
  }
  span.end(performance.now());
}

/** What RPC calls the outcome. An end that only the protocol knows has no name here. */
function rpcOutcome({ code, incoming: { protocol } }: EndedCall): Attributes {
  if (code === "OTHER" || protocol === "rest") {
    return {};
  }
  if (protocol === "connect") {
    return code === "OK" ? {} : { "rpc.connect_rpc.error_code": errorCatalogue[code].connect };
  }
  return { "rpc.grpc.status_code": code === "OK" ? GRPC_OK : codeFromString(errorCatalogue[code].connect) };
}
