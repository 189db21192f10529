import type { Registry } from "@bufbuild/protobuf";
import { createMethodUrl } from "@connectrpc/connect/protocol";
import type { Method } from "../call/method.ts";
import type { RunCall } from "../call/pipeline.ts";
import type { Compression } from "../http/compression/compression.ts";
import type { Answer, Request } from "../http/message.ts";
import { jsonOptionsOf } from "./body.ts";
import { createConnect } from "./connect.ts";
import { createUnary } from "./unary.ts";

/** Serves the methods over Connect, gRPC and gRPC-Web. A request's headers say which of them it uses. */
export interface Rpc {
  /** The method at a path. */
  find(path: string): Method | undefined;
  /** Answers a request whose path is a method's. Returns undefined for any other path. */
  serve(path: string, request: Request): Promise<Answer> | undefined;
}

/**
 * Creates RPC.
 *
 * Unary calls in the usual formats, nearly all calls, are served without Connect's library, at a fraction of the cost.
 * The library serves everything else: streams, gRPC-Web, GET, and requests that are unusual in any way.
 *
 * @param registry the messages that an `Any` may hold in JSON; by default none, as ours have no `Any`
 */
export function createRpc(
  methods: readonly Method[],
  run: RunCall,
  compression: Compression,
  registry?: Registry,
): Rpc {
  const json = jsonOptionsOf(registry);
  const byPath = new Map(methods.map((method) => [createMethodUrl("/", method.contract.method), method]));
  const serveUnary = createUnary(run, json, compression);
  const byConnect = createConnect(methods, run, json, compression);

  return {
    find: (path) => byPath.get(path),
    serve(path, request) {
      const method = byPath.get(path);
      if (method === undefined) {
        return undefined;
      }
      const isUnary = method.contract.method.methodKind === "unary";
      return (isUnary ? serveUnary(method, request) : undefined) ?? byConnect.get(path)?.(request);
    },
  };
}
