import { Authenticator, hashAdminToken } from "#src/call/authenticator.ts";
import type { CallCode } from "#src/call/incoming.ts";
import type { Method } from "#src/call/method.ts";
import { createPipeline } from "#src/call/pipeline.ts";
import { StreakdError } from "#src/errors.ts";
import { errorAnswer } from "#src/http/answer.ts";
import { compressAnswer } from "#src/http/compression/compress-answer.ts";
import { createListener, type Listener } from "#src/http/listener/listener.ts";
import { pathOf } from "#src/http/message.ts";
import { createRestBridge } from "#src/rest/bridge.ts";
import type { Route } from "#src/rest/route.ts";
import { createRpc } from "#src/rpc/rpc.ts";
import { createFastPath } from "../http/support.ts";
import { defaultCompression, defaultInit, manyStreams } from "../support/listener.ts";
import { observerOf } from "../support/observer.ts";

/** The header of root. */
export const ADMIN = { "X-Admin-Token": "secret" };

/** A call as metrics count it. */
export interface CountedCall {
  readonly protocol: string;
  readonly method: string;
  readonly code: CallCode;
}

/** Methods that are served over REST and RPC, as the server serves them: on one port, by HTTP/1.1 and HTTP/2. */
export interface Served {
  readonly listener: Listener;
  readonly url: string;
  readonly port: number;
  /** The calls that have ended, in order. */
  readonly calls: CountedCall[];
  /** What was logged for the operator, or is the listener's own error. */
  readonly errors: unknown[];
}

/** Serves methods on a free port. A path that has none is NOT_FOUND. */
export async function serveMethods(routes: readonly Route[], methods: readonly Method[]): Promise<Served> {
  const calls: CountedCall[] = [];
  const errors: unknown[] = [];
  const authenticator = new Authenticator(async () => "unknown");
  authenticator.setRootToken(hashAdminToken(ADMIN["X-Admin-Token"]));
  const observer = observerOf(
    ({ incoming: { protocol }, method, code }) =>
      calls.push({ protocol, method: method.contract.method.localName, code }),
    ({ err }) => errors.push(err),
  );
  const run = createPipeline(authenticator.authenticate, observer);
  const compression = defaultCompression();
  const rest = createRestBridge(routes, methods, run, compression.decompress);
  const rpc = createRpc({ methods, run, compression, ...manyStreams });
  const listener = createListener({
    ...defaultInit(),
    async serve(request) {
      const path = pathOf(request.url);
      const answer = await (rest.serve(path, request) ?? rpc.serve(path, request));
      const nothing = errorAnswer(new StreakdError("NOT_FOUND", "Nothing is at this path."));
      return compressAnswer(answer ?? nothing, request, compression.compress);
    },
    createFastPath,
    onError: (error) => errors.push(error),
  });
  const { port } = await listener.listen({ port: 0, host: "127.0.0.1" });
  return { listener, url: `http://127.0.0.1:${port}`, port, calls, errors };
}
