import { once } from "node:events";
import {
  type ClientHttp2Stream,
  connect as connectHttp2,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { createServer, type Socket } from "node:net";
import type { Serve } from "#src/http/message.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { bodyOf, http2Client, text } from "../support.ts";

/** All that an HTTP/2 client sends for one GET, recorded from a real one. */
export async function recordHttp2Get(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let accepted: Socket | undefined;
  const server = createServer((socket) => {
    accepted = socket;
    socket.on("data", (chunk) => chunks.push(chunk));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
  session.on("error", () => {});
  session
    .request({ ":path": "/recorded" })
    .on("error", () => {})
    .end();
  await waitUntil(() => Buffer.concat(chunks).length > 60);
  session.destroy();
  accepted?.destroy();
  server.close();
  return Buffer.concat(chunks);
}

/** Answers with "begun" at once, and with "ended" once it is told to. */
export function inTwoParts() {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* parts() {
    yield "begun";
    await promise;
    yield "ended";
  }
  return { serve: async () => text(parts()), finish: resolve };
}

/** Answers with the method, the path, and how long the body is. */
export const measure: Serve = async ({ method, url, body }) =>
  text(`${method} ${url} ${(await body.whole(Number.POSITIVE_INFINITY)).length}`);

/** Sends one request on a connection of its own; a body in parts comes in a frame each. */
export async function askHttp2(url: string, headers: OutgoingHttpHeaders, parts: readonly (string | Buffer)[] = []) {
  const session = await http2Client(url);
  const stream = session.request({ ":path": "/a", ...headers }, { endStream: parts.length === 0 });
  for (const part of parts) {
    stream.write(part);
  }
  if (parts.length > 0) {
    stream.end();
  }
  const seen = await seenOf(stream);
  session.close();
  return seen;
}

async function seenOf(stream: ClientHttp2Stream) {
  const seen: Record<"head" | "trailers", Record<string, unknown>> = { head: {}, trailers: {} };
  // Without the symbol that Node adds.
  const note = (part: object) => (headers: IncomingHttpHeaders) =>
    Object.assign(part, Object.fromEntries(Object.entries(headers)));
  stream.on("response", note(seen.head));
  stream.on("trailers", note(seen.trailers));
  return { body: await bodyOf(stream), ...seen };
}
