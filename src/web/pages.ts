import { readFileSync } from "node:fs";
import { StreakdError } from "../errors.ts";
import { send, sendError } from "../http/answer.ts";
import type { Answer, HttpRequest, HttpResponse } from "../http/message.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Readiness } from "../rpc/health.ts";

const openApiDocument = readFileSync(new URL("../../gen/openapi.json", import.meta.url));

/**
 * Creates the step that answers what is neither REST nor RPC:
 *
 * - `/healthz`: the process lives. Always 200.
 * - `/readyz`: it takes work. 200, else 503, for load balancers and orchestrators that don't speak gRPC. It stays 200
 *   while the store is away: all instances would leave the balancer at once, and their callers would get its error at
 *   once where ours wait for the store, or are told when to come back. `/metrics` tells the operator.
 * - `/metrics`: for Prometheus.
 * - `/openapi.json`: the REST API for machines.
 *
 * @returns a function that says whether it has answered the request; `path` is without its query
 */
export function createPages(
  readiness: Readiness,
  metrics: Metrics,
): (path: string, request: HttpRequest, response: HttpResponse) => boolean {
  const pages = new Map<string, (response: HttpResponse) => void>([
    ["/healthz", (response) => sendProbe(response, "alive")],
    ["/readyz", (response) => (readiness.ready ? sendProbe(response, "ready") : sendError(response, notReady()))],
    ["/metrics", (response) => void sendMetrics(response, metrics)],
    ["/openapi.json", (response) => send(response, json(openApiDocument))],
  ]);
  return (path, request, response) => {
    const page = pages.get(path);
    if (page === undefined) {
      return false;
    }
    if (request.method === "GET" || request.method === "HEAD") {
      page(response);
    } else {
      const allow = ["GET", "HEAD"];
      sendError(response, new StreakdError("METHOD_NOT_ALLOWED", `This path takes ${allow.join(", ")}.`), allow);
    }
    return true;
  };
}

function sendProbe(response: HttpResponse, status: string): void {
  response.setHeader("Cache-Control", "no-store");
  send(response, json(JSON.stringify({ status })));
}

async function sendMetrics(response: HttpResponse, metrics: Metrics): Promise<void> {
  response.setHeader("Cache-Control", "no-store");
  try {
    send(response, { status: 200, headers: { "Content-Type": metrics.contentType }, body: await metrics.page() });
  } catch (error) {
    sendError(response, error);
  }
}

function json(body: string | Uint8Array): Answer {
  return { status: 200, headers: { "Content-Type": "application/json" }, body };
}

function notReady(): StreakdError {
  return new StreakdError("OVERLOADED", "The server is starting or shutting down. Ask again later.");
}
