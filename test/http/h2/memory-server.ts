import { createListener } from "#src/http/listener/listener.ts";
import type { Answer, Request } from "#src/http/message.ts";
import { defaultInit } from "../../support/listener.ts";

// A server in a process of its own, started by fork with --expose-gc. It tells its port, and whenever it is asked, its live
// heap once the connections are gone.

async function serve(request: Request): Promise<Answer> {
  if (request.url === "/wait") {
    await new Promise<void>((resolve) => request.onceOver(resolve));
  }
  return { status: 200, headers: {}, body: `${(await request.body.whole(1_000_000)).length}` };
}

async function liveBytes(): Promise<number> {
  while (process.getActiveResourcesInfo().includes("TCPSocketWrap")) {
    await new Promise(setImmediate);
  }
  for (let round = 0; round < 4; round++) {
    await new Promise(setImmediate);
    (globalThis as { gc?: () => void }).gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const listener = createListener({ ...defaultInit(), serve });
const { port } = await listener.listen({ port: 0, host: "127.0.0.1" });
process.on("disconnect", () => process.exit());
process.on("message", async () => process.send?.(await liveBytes()));
process.send?.(port);
