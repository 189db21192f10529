import { once } from "node:events";
import { createServer, request as open, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A proxy before streakd, which records what passes, and answers itself or cuts connections when the test says so. */
export interface Gate {
  readonly url: string;
  /** The bodies of all events that came, in their order. */
  readonly bodies: readonly string[];
  /** Answers in place of streakd. Undefined means that everything passes. */
  instead: ((response: ServerResponse) => unknown) | undefined;
}

/** Cuts the connection. */
export const cut: Gate["instead"] = (response) => response.destroy();

/** Answers with a status, to pages of every origin. */
export function answer(status: number, body: string, headers: Record<string, string> = {}): Gate["instead"] {
  const cors = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*" };
  return (response) => response.writeHead(status, { ...cors, ...headers }).end(body);
}

/**
 * Opens a gate until the test ends.
 *
 * @param url of streakd. While nobody listens there, connections are cut.
 */
export async function openGate(url: string): Promise<Gate> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray().catch(() => undefined);
    if (chunks === undefined) {
      return;
    }
    const body = Buffer.concat(chunks);
    if (request.method === "POST") {
      bodies.push(body.toString());
    }
    if (gate.instead !== undefined && request.method !== "OPTIONS") {
      gate.instead(response);
      return;
    }
    const passed = open(url + request.url, { method: request.method, headers: request.headers }, (answered) => {
      answered.on("error", () => response.destroy());
      answered.pipe(response.writeHead(answered.statusCode as number, answered.headers));
    });
    passed.on("error", () => response.destroy());
    passed.end(body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const gate: Gate = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    instead: undefined,
  };
  return gate;
}
