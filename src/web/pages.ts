import { readFileSync } from "node:fs";
import { StreakdError } from "../errors.ts";
import { errorAnswer, methodNotAllowed } from "../http/answer.ts";
import type { Answer, RequestHead } from "../http/message.ts";
import { DASHBOARD, type Dashboard, redirectToDashboard } from "./dashboard.ts";
import { createFrontPage } from "./front-page.ts";
import { isBrowser } from "./html-page.ts";
import { ASSETS, answerNoSuchAsset, type StaticFiles } from "./static-files.ts";

/** Whether the server takes requests. */
interface Readiness {
  readonly ready: boolean;
}

/** The metrics for operators, as a page. */
interface MetricsPage {
  readonly contentType: string;
  page(): Promise<Uint8Array>;
}

/** What the port serves beside calls. Paths are without the query. */
export interface Pages {
  has(path: string): boolean;
  /** Whether a page is a health check, which tells no more than one word. */
  isHealthCheck(path: string): boolean;
  /**
   * Whether the answer gets CORS headers by the request's origin. Not so for metrics, which no web page may read, nor for
   * the files for browsers, which bring their own, nor for the dashboard, which is for its own origin.
   */
  takesCors(path: string): boolean;
  /** Answers a request. Returns undefined when the path has no page. */
  serve(path: string, request: RequestHead): Promise<Answer> | undefined;
}

const LIVENESS = "/healthz";
const READINESS = "/readyz";
const METRICS = "/metrics";

/** The HTTP methods of the pages. */
const ALLOW = ["GET", "HEAD"];

const openApiDocument = readFileSync(new URL("../../gen/openapi.json", import.meta.url));

/**
 * Creates the pages, which are neither REST nor RPC:
 *
 * - `/`: what this is, for a stranger. Browsers are led to the dashboard, when there is one.
 * - `/dashboard`: the dashboard.
 * - `/healthz`: the process lives. Always 200.
 * - `/readyz`: the server takes requests. 200, else 503, for load balancers and orchestrators that don't speak gRPC. It
 *   stays 200 while the store is away. Otherwise all instances would leave the balancer at the same time, and callers
 *   would get the balancer's error at once. streakd lets them wait for the store, or tells them when to try again.
 *   `/metrics` tells the operator.
 * - `/metrics`: for Prometheus.
 * - `/openapi.json`: the REST API for machines.
 * - `/widget.js`, `/sdk.js`, `/assets/…`: the files for browsers.
 * - `/docs`: the API reference.
 *
 * @param files the sets of files that the build has made
 * @param dashboard undefined when it is switched off
 */
export function createPages(
  readiness: Readiness,
  metrics: MetricsPage,
  files: readonly StaticFiles[],
  dashboard?: Dashboard,
): Pages {
  const built = new Map(files.flatMap(({ pages }) => [...pages]));
  const there = files.filter(({ isBuilt }) => isBuilt).flatMap(({ pages }) => [...pages.keys()]);
  const frontPage = dashboard?.isBuilt
    ? createFrontDoor(createFrontPage(new Set([...there, `${DASHBOARD}/`])))
    : createFrontPage(new Set(there));
  const pages = new Map<string, (request: RequestHead) => Promise<Answer>>([
    ["/", frontPage],
    [LIVENESS, async () => probe("alive")],
    [READINESS, async () => (readiness.ready ? probe("ready") : errorAnswer(notReady()))],
    [METRICS, () => metricsAnswer(metrics)],
    ["/openapi.json", async () => json(openApiDocument)],
    ...built,
  ]);

  function dashboardPage(path: string) {
    return dashboard?.has(path) ? (request: RequestHead) => dashboard.serve(path, request) : undefined;
  }

  return {
    has: (path) => pages.has(path) || (dashboard?.has(path) ?? false),
    isHealthCheck: (path) => path === LIVENESS || path === READINESS,
    takesCors: (path) => pages.has(path) && path !== METRICS && !built.has(path),
    serve(path, request) {
      const page = pages.get(path) ?? (path.startsWith(ASSETS) ? answerNoSuchAsset : dashboardPage(path));
      return page === undefined || ALLOW.includes(request.method)
        ? page?.(request)
        : Promise.resolve(methodNotAllowed(ALLOW));
    },
  };
}

function createFrontDoor(frontPage: (request: RequestHead) => Promise<Answer>) {
  return async (request: RequestHead): Promise<Answer> =>
    isBrowser(request) ? redirectToDashboard(307) : frontPage(request);
}

function probe(status: string): Answer {
  return json(JSON.stringify({ status }), { "Cache-Control": "no-store" });
}

async function metricsAnswer({ contentType, page }: MetricsPage): Promise<Answer> {
  const headers = { "Content-Type": contentType, "Cache-Control": "no-store" };
  return { status: 200, headers, body: await page() };
}

function json(body: string | Uint8Array, headers?: Answer["headers"]): Answer {
  return { status: 200, headers: { "Content-Type": "application/json", ...headers }, body };
}

function notReady(): StreakdError {
  return new StreakdError("OVERLOADED", "The server is starting or shutting down. Ask again later.");
}
