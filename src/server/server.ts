import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import type { Logger } from "pino";
import { Health } from "#gen/health/v1/health_pb.ts";
import { checks, routes } from "#gen/rest.ts";
import { AdminService as AdminServiceDesc } from "#gen/streak/v1/admin_service_pb.ts";
import { StreakService as StreakServiceDesc } from "#gen/streak/v1/streak_service_pb.ts";
import { StreakdError } from "../errors.ts";
import { send, sendError } from "../rest/answer.ts";
import { MAX_BODY_BYTES } from "../rest/body.ts";
import { createRestBridge } from "../rest/bridge.ts";
import { withChecks } from "../rest/check.ts";
import type { AdminService } from "../service/admin-service.ts";
import type { StreakService } from "../service/streak-service.ts";
import { createCors } from "./cors.ts";
import { answerProbe, Readiness, registerHealth } from "./health.ts";
import { createListener, type RequestHandler, type ServerAnswer, type ServerRequest } from "./listener.ts";
import { registerReflection } from "./reflection.ts";
import { createErrorInterceptor, toConnectError } from "./rpc-errors.ts";

/** What a server serves. */
export interface ServerParts {
  readonly streakService: StreakService;
  readonly adminService: AdminService;
  readonly log: Logger;
}

/** The one port: REST, Connect, gRPC and gRPC-Web, over HTTP/1.1 and h2c. */
export interface Server {
  /** Takes the port. Until `serve` is called the server says that it is not ready, and lets no admin in. */
  listen(port: number, host: string): Promise<AddressInfo>;
  /** Declares the server ready, and lets admins in that `isAdmin` knows by their headers. */
  serve(isAdmin: (headers: IncomingHttpHeaders) => boolean): void;
  /** Stops accepting, waits at most `graceMs` milliseconds for the requests in flight, and closes every connection. */
  close(graceMs: number): Promise<void>;
}

const openApiDocument = readFileSync(new URL("../../gen/openapi.json", import.meta.url));

/** Puts the transports around the services. */
export function createServer({ streakService, adminService, log }: ServerParts): Server {
  const readiness = new Readiness();
  let isAdmin: (headers: IncomingHttpHeaders) => boolean = () => false;

  const streak = withChecks(streakService, checks["streak.v1.StreakService"]);
  const admin = withChecks(adminService, checks["streak.v1.AdminService"]);
  const services = [StreakServiceDesc, AdminServiceDesc];

  const bridge = createRestBridge({
    routes,
    services: { [StreakServiceDesc.typeName]: streak, [AdminServiceDesc.typeName]: admin },
    isAdmin: (headers) => isAdmin(headers),
    onError: (error, route) => log.error({ err: error, method: `${route.service}/${route.call}` }, "request failed"),
  });

  const callRpc: RequestHandler = connectNodeAdapter({
    routes(router) {
      router.service(StreakServiceDesc, streak);
      router.service(AdminServiceDesc, admin);
      registerHealth(router, readiness, services);
      registerReflection(router, [...services, Health]);
    },
    // Runs on the headers alone, so that nobody without the token has a body read.
    requestGate({ service, requestHeader }) {
      if (
        service === AdminServiceDesc &&
        !isAdmin({ "x-admin-token": requestHeader.get("x-admin-token") ?? undefined })
      ) {
        throw toConnectError(new StreakdError("UNAUTHORIZED", "Send the admin token in the header X-Admin-Token."));
      }
    },
    interceptors: [createErrorInterceptor((error, method) => log.error({ err: error, method }, "request failed"))],
    jsonOptions: {
      // The contract's example writes every field, and so do answers in Connect's JSON.
      alwaysEmitImplicit: true,
      // Ignoring what is unknown would also drop misspelt enum values: a widget_impression would then count as a day.
      ignoreUnknownFields: false,
    },
    readMaxBytes: MAX_BODY_BYTES,
    fallback: (_request, answer) =>
      sendError(
        answer as ServerAnswer,
        new StreakdError("NOT_FOUND", "There is nothing at this path. GET /openapi.json lists what there is."),
      ),
  });

  const answerCors = createCors(
    (path) => path.startsWith("/v1/") || path.startsWith(`/${StreakServiceDesc.typeName}/`),
  );

  function handle(request: ServerRequest, answer: ServerAnswer): void {
    const path = (request.url ?? "").split("?", 1)[0] as string;
    if (
      answerCors(path, request, answer) ||
      bridge.handle(request, answer) ||
      answerProbe(readiness, path, request, answer) ||
      answerOpenApi(path, request, answer)
    ) {
      return;
    }
    callRpc(request, answer);
  }

  const listener = createListener(handle, (error) => log.error({ err: error }, "connection failed"));

  return {
    listen: (port, host) => listener.listen(port, host),
    serve(guard) {
      isAdmin = guard;
      readiness.set(true);
    },
    async close(graceMs) {
      // First, so that health streams end and don't hold up the rest.
      readiness.end();
      await listener.close(graceMs);
    },
  };
}

/** Answers `/openapi.json`, and says whether the request was for it. */
function answerOpenApi(path: string, request: ServerRequest, answer: ServerAnswer): boolean {
  if (path !== "/openapi.json" || (request.method !== "GET" && request.method !== "HEAD")) {
    return false;
  }
  send(answer, 200, "application/json", openApiDocument);
  return true;
}
