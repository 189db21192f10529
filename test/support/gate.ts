import { type ClientRequest, type IncomingMessage, request as open, type ServerResponse } from "node:http";
import { openHttpServer } from "./http-server.ts";

/** A proxy before streakd, which records what passes, and answers itself or cuts connections when the test says so. */
export interface Gate {
  readonly url: string;
  /** The bodies of all POST requests that came, in their order. */
  readonly bodies: readonly string[];
  /** Answers in place of streakd. Undefined means that everything passes. */
  instead: Answer | undefined;
  /** Whether a body passes, even so. */
  passes: (body: string) => boolean;
}

type Answer = (response: ServerResponse) => unknown;

/** Cuts the connection. */
export const cut: Answer = (response) => response.destroy();

/** Answers with a status, to pages of every origin. */
export function answer(status: number, body: string, headers: Record<string, string> = {}): Answer {
  const cors = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*" };
  return (response) => response.writeHead(status, { ...cors, ...headers }).end(body);
}

/** Sends a request on to an address, and its answer back. Returns what the body is to be written to. */
export function passOn(request: IncomingMessage, response: ServerResponse, url: string): ClientRequest {
  const { method, headers } = request;
  const passed = open(url, { method, headers }, (answered) => {
    answered.on("error", () => response.destroy());
    answered.pipe(response.writeHead(answered.statusCode as number, answered.headers));
  });
  return passed.on("error", () => response.destroy());
}

/**
 * Opens a gate until the test ends.
 *
 * @param url of streakd. While nobody listens there, connections are cut.
 */
export async function openGate(url: string): Promise<Gate> {
  const bodies: string[] = [];
  const gate: Gate = {
    url: await openHttpServer((request, response, body) => {
      if (request.method === "POST") {
        bodies.push(body.toString());
      }
      if (gate.instead !== undefined && request.method !== "OPTIONS" && !gate.passes(body.toString())) {
        gate.instead(response);
      } else {
        passOn(request, response, url + request.url).end(body);
      }
    }),
    bodies,
    instead: undefined,
    passes: () => false,
  };
  return gate;
}
