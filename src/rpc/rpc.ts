import type { Registry } from "@bufbuild/protobuf";
import { createMethodUrl } from "@connectrpc/connect/protocol";
import type { Method } from "../call/method.ts";
import type { RunCall } from "../call/pipeline.ts";
import { StreakdError } from "../errors.ts";
import { errorAnswer } from "../http/answer.ts";
import type { Compression } from "../http/compression/compression.ts";
import type { Answer, Request, RequestHead } from "../http/message.ts";
import { framingOf, jsonOptionsOf } from "./body.ts";
import { createConnect } from "./connect.ts";
import { toConnectError } from "./errors.ts";
import { grpcFailure } from "./formats.ts";
import { createUnary } from "./unary.ts";
import { base64Length, isWebText } from "./web-text.ts";

/** Serves the methods over Connect, gRPC and gRPC-Web. A request's headers say which of them it uses. */
export interface Rpc {
  /** The method at a path. */
  find(path: string): Method | undefined;
  /**
   * How many bytes the body of a request may have: infinitely many if it is read as it comes. Undefined when the path is
   * no method's.
   */
  bodyLimit(path: string, request: RequestHead): number | undefined;
  /** Answers a request whose path is a method's. Returns undefined for any other path. */
  serve(path: string, request: Request): Promise<Answer> | undefined;
}

/** What RPC is made of. */
export interface RpcInit {
  readonly methods: readonly Method[];
  readonly run: RunCall;
  readonly compression: Compression;
  /** How many streaming calls all clients together may have under way. */
  readonly maxStreamingCalls: number;
  /** Learns of each streaming call that is refused. */
  readonly onRefusal: () => void;
  /** The messages that an `Any` may hold in JSON; by default none, as ours have no `Any`. */
  readonly registry?: Registry;
}

/**
 * Creates RPC.
 *
 * Unary calls in the usual formats, nearly all calls, are served without Connect's library, at a fraction of the cost.
 * The library serves everything else: streams, gRPC-Web, GET, and requests that are unusual in any way. A stream takes
 * some 50 KB in it, so there is a bound of its own for streams, which is asked before the library is.
 */
export function createRpc(init: RpcInit): Rpc {
  const { methods, run, compression, maxStreamingCalls, onRefusal, registry } = init;
  const json = jsonOptionsOf(registry);
  const byPath = new Map(methods.map((method) => [createMethodUrl("/", method.contract.method), method]));
  const serveUnary = createUnary(run, json, compression);
  const byConnect = createConnect(methods, run, json, compression);
  let streamingCalls = 0;

  function serveStream(path: string, request: Request): Promise<Answer> | undefined {
    if (streamingCalls >= maxStreamingCalls) {
      onRefusal();
      return Promise.resolve(tooManyStreams(request, maxStreamingCalls));
    }
    streamingCalls += 1;
    request.onceOver(() => {
      streamingCalls -= 1;
    });
    return byConnect.get(path)?.(request);
  }

  return {
    find: (path) => byPath.get(path),
    bodyLimit(path, request) {
      const contract = byPath.get(path)?.contract;
      if (contract === undefined) {
        return undefined;
      }
      const isUnary = contract.method.methodKind === "unary";
      return isUnary ? unaryBodyLimit(request, contract.maxMessageBytes) : Number.POSITIVE_INFINITY;
    },
    serve(path, request) {
      const method = byPath.get(path);
      if (method === undefined) {
        return undefined;
      }
      return method.contract.method.methodKind === "unary"
        ? (serveUnary(method, request) ?? byConnect.get(path)?.(request))
        : serveStream(path, request);
    },
  };
}

/** How many bytes the body of a unary call may have, if its message may have `limit`. */
function unaryBodyLimit(request: RequestHead, limit: number): number {
  const most = limit + framingOf(request);
  return isWebText(request) ? base64Length(most) : most;
}

/** The refusal of a stream. Clients of Connect and gRPC-Web read the HTTP status of an answer that is not theirs. */
function tooManyStreams(request: Request, most: number): Answer {
  const message = `There are ${most} streams already, the most there may be. End those that nobody reads, or try again later.`;
  const error = new StreakdError("OVERLOADED", message);
  const isGrpc = /^application\/grpc(?:\+|;|$)/.test(request.headers["content-type"] ?? "");
  return isGrpc
    ? grpcFailure(toConnectError(error), { headers: undefined, trailers: undefined, set: undefined })
    : errorAnswer(error);
}
