import { EventEmitter, once } from "node:events";
import type { DescService } from "@bufbuild/protobuf";
import { onTestFinished } from "vitest";
import { type Authenticate, Authenticator, hashAdminToken } from "#src/call/authenticator.ts";
import type { Handlers, Method } from "#src/call/method.ts";
import { createPipeline, type RunCall } from "#src/call/pipeline.ts";
import { StreakdError } from "#src/errors.ts";
import { errorAnswer } from "#src/http/answer.ts";
import { compressAnswer } from "#src/http/compression/compress-answer.ts";
import { createListener, type Listener } from "#src/http/listener/listener.ts";
import { pathOf, type Serve } from "#src/http/message.ts";
import { createRpc } from "#src/rpc/rpc.ts";
import { defaultCompression, defaultInit, manyStreams } from "../support/listener.ts";
import { observerOf } from "../support/observer.ts";

/** The admin token of every pipeline that tests make. */
export const ADMIN_TOKEN = "secret";

/** The header of root. */
export const ROOT = { "X-Admin-Token": ADMIN_TOKEN };

/** Handlers of a service: these, and for every other method one that returns an empty response. */
export function handlersOf<Service extends DescService>(
  { methods }: Service,
  handlers: Partial<Handlers<Service>>,
): Handlers<Service> {
  const empty = Object.fromEntries(methods.map(({ localName }) => [localName, async () => ({})]));
  return { ...empty, ...handlers } as Handlers<Service>;
}

/** What a pipeline tells of its calls. */
export interface Told {
  /** Each call that was counted: `protocol method code`. */
  readonly counted: string[];
  /** Resolves when so many calls are counted. */
  whenCounted(calls: number): Promise<void>;
  /** Each line of the log about a failed call: `method: the error's message`. */
  readonly logged: string[];
}

/** The real pipeline, and what it tells. */
export function createTestPipeline(authenticate?: Authenticate): Told & { readonly run: RunCall } {
  const counted: string[] = [];
  const logged: string[] = [];
  const ended = new EventEmitter();
  const authenticator = new Authenticator(async () => "unknown");
  authenticator.setRootToken(hashAdminToken(ADMIN_TOKEN));
  const observer = observerOf(
    ({ incoming: { protocol }, method, code }) => {
      counted.push(`${protocol} ${method.contract.method.localName} ${code}`);
      ended.emit("call");
    },
    ({ method, err }) => logged.push(`${method}: ${err.message}`),
  );
  const whenCounted = async (calls: number) => {
    while (counted.length < calls) {
      await once(ended, "call");
    }
  };
  const run = createPipeline(authenticate ?? authenticator.authenticate, observer);
  return { counted, whenCounted, logged, run };
}

/** A listener on a free port. */
export interface Running {
  readonly listener: Listener;
  readonly port: number;
  readonly url: string;
  /** What the listener reported as errors of its own. */
  readonly errors: readonly unknown[];
}

/** Listens on a free port until the test is over. */
export async function listen(serve: Serve): Promise<Running> {
  const errors: unknown[] = [];
  const listener = createListener({ ...defaultInit(), serve, onError: (error) => errors.push(error) });
  onTestFinished(() => listener.close(0));
  const { port } = await listener.listen({ port: 0, host: "127.0.0.1" });
  return { listener, port, url: `http://127.0.0.1:${port}`, errors };
}

/** Serves methods as RPC, as the server does, until the test is over. */
export async function startRpc(methods: readonly Method[], bound = manyStreams): Promise<Running & Told> {
  const { run, ...told } = createTestPipeline();
  const compression = defaultCompression();
  const rpc = createRpc({ methods, run, compression, ...bound });
  const nothing = errorAnswer(new StreakdError("NOT_FOUND", "Nothing is at this path."));
  const running = await listen(async (request) =>
    compressAnswer((await rpc.serve(pathOf(request.url), request)) ?? nothing, request, compression.compress),
  );
  return { ...running, ...told };
}
