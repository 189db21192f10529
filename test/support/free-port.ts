import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Systems give connections ports from 32768 up. A server that is killed and started again must find its port free, however
 * many connections were made meanwhile, so it gets a port below.
 */
const FIRST = 15_000;
const LAST = 32_000;

/** Returns a port of this machine that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    const server = createServer();
    try {
      await once(server.listen(port, "127.0.0.1"), "listening");
    } catch {
      continue;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}
