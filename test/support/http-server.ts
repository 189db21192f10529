import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/**
 * Serves HTTP on a free port of this machine until the test ends.
 *
 * @param handle is called when the whole body of a request has come, and not for requests that break off
 * @returns the server's address
 */
export async function openHttpServer(
  handle: (request: IncomingMessage, response: ServerResponse, body: Buffer) => unknown,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray().catch(() => undefined);
    if (chunks !== undefined) {
      handle(request, response, Buffer.concat(chunks));
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
