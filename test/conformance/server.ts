import { create, createRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { createListener } from "#src/http/listener/listener.ts";
import type { RequestHead } from "#src/http/message.ts";
import { PlainContext } from "#src/rpc/context.ts";
import { createRpc } from "#src/rpc/rpc.ts";
import { loadStubs } from "./messages.ts";
import { createConformanceService } from "./service.ts";

// The server under test. Connect's conformance runner starts it, once for each protocol and version of HTTP, and ends it
// with SIGTERM. Its one argument is the folder with the stubs.

/** What the messages on stdin and stdout begin with: their length. */
const LENGTH_BYTES = 4;

const stubs = await loadStubs(process.argv[2] as string);

/** How many unary calls were served which way, by their content type; Connect's GET has none. */
export interface Served {
  readonly plain: Record<string, number>;
  readonly byConnect: Record<string, number>;
}

const served: Served = { plain: {}, byConnect: {} };

function count(context: HandlerContext): void {
  if (context.method.methodKind === "unary") {
    const type = context.requestHeader.get("content-type") ?? "";
    const counts = context instanceof PlainContext ? served.plain : served.byConnect;
    counts[type] = (counts[type] ?? 0) + 1;
  }
}

const rpc = createRpc({
  services: [[stubs.ConformanceService, createConformanceService(stubs, count)]],
  registry: createRegistry(stubs.file_connectrpc_conformance_v1_service),
  others() {},
  gate() {},
  onError: (error, method) => console.error(`${method}:`, error),
  onAnswer() {},
});

const listener = createListener({
  handle(request, response) {
    if (!rpc.handle(pathOf(request), request, response)) {
      response.statusCode = 404;
      response.end();
    }
  },
  answer: (head, closing) => rpc.answer(pathOf(head), head, closing),
});

function pathOf({ url = "" }: RequestHead): string {
  return url.split("?", 1)[0] as string;
}

process.on("SIGTERM", () => {
  console.error(`served: ${JSON.stringify(served)}`);
  process.exit();
});
// A runner that is killed does not end its servers, and it closes their stdin long before their end.
const runner = process.ppid;
setInterval(() => process.ppid === runner || process.exit(1), 1000).unref();

// One port serves both versions of HTTP, whichever the request is about.
const request = Buffer.concat(await Array.fromAsync(process.stdin));
if (fromBinary(stubs.ServerCompatRequestSchema, request.subarray(LENGTH_BYTES)).useTls) {
  throw new Error("There is no TLS: config.yaml must not say so.");
}
const { address: host, port } = await listener.listen(0, "127.0.0.1");
const response = toBinary(stubs.ServerCompatResponseSchema, create(stubs.ServerCompatResponseSchema, { host, port }));
const length = Buffer.alloc(LENGTH_BYTES);
length.writeUInt32BE(response.length);
process.stdout.write(Buffer.concat([length, response]));
