import { AsyncLocalStorage } from "node:async_hooks";
import { create, createRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { pino } from "pino";
import { Authenticator } from "#src/call/authenticator.ts";
import type { Call } from "#src/call/call.ts";
import { LazyMetadata } from "#src/call/incoming.ts";
import { isStream, methodsOf } from "#src/call/method.ts";
import { createPipeline, type RunCall } from "#src/call/pipeline.ts";
import type { ErrorCode } from "#src/error-catalogue.ts";
import { StreakdError, TransportError } from "#src/errors.ts";
import { compressAnswer } from "#src/http/compression/compress-answer.ts";
import { createListener } from "#src/http/listener/listener.ts";
import { pathOf, type RequestHead } from "#src/http/message.ts";
import { createCallLog } from "#src/observe/call-log.ts";
import { createRpc } from "#src/rpc/rpc.ts";
import { defaultCompression, defaultInit, manyStreams } from "../support/listener.ts";
import { loadStubs } from "./messages.ts";
import { createConformanceService } from "./service.ts";

// The server under test. Connect's conformance runner starts it, once for each protocol and version of HTTP, and ends
// it with SIGTERM. Its one argument is the folder with the stubs.

/** What the messages on stdin and stdout begin with: their length. */
const LENGTH_BYTES = 4;

const stubs = await loadStubs(process.argv[2] as string);

/** How many unary calls were served which way, by their content type; Connect's GET has none. */
export interface Served {
  readonly plain: Record<string, number>;
  readonly byConnect: Record<string, number>;
}

const served: Served = { plain: {}, byConnect: {} };

/** The request that is served: the methods are to tell its headers, which handlers of streakd never see. */
const heads = new AsyncLocalStorage<RequestHead>();

function currentHead(): RequestHead {
  const head = heads.getStore();
  if (head === undefined) {
    throw new Error("No request is being served.");
  }
  return head;
}

function count(call: Call): void {
  const type = currentHead().headers["content-type"] ?? "";
  // Connect's library brings Headers of its own.
  const counts = call.response instanceof LazyMetadata ? served.plain : served.byConnect;
  counts[type] = (counts[type] ?? 0) + 1;
}

// One port serves both versions of HTTP, whichever the request is about.
const request = fromBinary(
  stubs.ServerCompatRequestSchema,
  Buffer.concat(await Array.fromAsync(process.stdin)).subarray(LENGTH_BYTES),
);
if (request.useTls) {
  throw new Error("There is no TLS: config.yaml must not say so.");
}

const { ConformanceService } = stubs;
const contracts = ConformanceService.methods.map((method) => ({
  method,
  access: "anyone" as const,
  maxMessageBytes: request.messageReceiveLimit,
  hasDefaultDeadline: false,
  check() {},
}));
const log = pino({ level: "warn" }, pino.destination(process.stderr.fd));
const observer = { ended: createCallLog(log, { called() {}, answered() {} }) };
const pipeline = createPipeline(new Authenticator(async () => "unknown").authenticate, observer);

/** The errors that we explain with an ErrorInfo, where the runner wants the code alone. */
const BARE: Partial<Record<ErrorCode, Code>> = {
  DEADLINE_EXCEEDED: Code.DeadlineExceeded,
  BODY_TOO_LARGE: Code.ResourceExhausted,
};

/** The pipeline, but the errors of {@link BARE} have no details. */
const run: RunCall = async (...call) => {
  try {
    const responses = await pipeline(...call);
    return isStream(responses) ? withoutDetails(responses) : responses;
  } catch (error) {
    throw withoutDetail(error);
  }
};

async function* withoutDetails<T>(responses: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* responses;
  } catch (error) {
    throw withoutDetail(error);
  }
}

function withoutDetail(error: unknown): unknown {
  const code = error instanceof StreakdError ? BARE[error.code] : undefined;
  return code === undefined
    ? error
    : new TransportError("bare", { cause: new ConnectError((error as Error).message, code) });
}

const compression = defaultCompression();
const rpc = createRpc({
  methods: methodsOf(ConformanceService, createConformanceService(stubs, currentHead, count) as never, contracts),
  run,
  compression,
  ...manyStreams,
  registry: createRegistry(stubs.file_connectrpc_conformance_v1_service),
});

const listener = createListener({
  ...defaultInit(),
  serve: (request) =>
    heads.run(request, async () => {
      const answer = (await rpc.serve(pathOf(request.url), request)) ?? { status: 404, headers: {} };
      return compressAnswer(answer, request, compression.compress);
    }),
  onError: (error) => log.error({ err: error }, "connection failed"),
});

process.on("SIGTERM", () => {
  console.error(`served: ${JSON.stringify(served)}`);
  process.exit();
});
// A runner that is killed does not end its servers, and it closes their stdin long before their end.
const runner = process.ppid;
setInterval(() => process.ppid === runner || process.exit(1), 1000).unref();

const { address: host, port } = await listener.listen({ port: 0, host: "127.0.0.1" });
const response = toBinary(stubs.ServerCompatResponseSchema, create(stubs.ServerCompatResponseSchema, { host, port }));
const length = Buffer.alloc(LENGTH_BYTES);
length.writeUInt32BE(response.length);
process.stdout.write(Buffer.concat([length, response]));
