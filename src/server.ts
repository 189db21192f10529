import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { type DescService, getOption } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import { Health } from "#gen/health/v1/health_pb.ts";
import { checks, routes } from "#gen/rest.ts";
import { admin as adminOption } from "#gen/streak/options/v1/options_pb.ts";
import { AdminService as AdminServiceDesc } from "#gen/streak/v1/admin_service_pb.ts";
import { StreakService as StreakServiceDesc } from "#gen/streak/v1/streak_service_pb.ts";
import { withChecks } from "./call/check.ts";
import { withDeadlines } from "./call/deadlines.ts";
import { StreakdError } from "./errors.ts";
import { send, sendError } from "./http/answer.ts";
import { createListener, type RequestHandler } from "./http/listener/listener.ts";
import type { Answer, BodyAnswerer, Closing, RequestHead } from "./http/message.ts";
import type { Metrics } from "./observe/metrics.ts";
import { createRestBridge } from "./rest/bridge.ts";
import { pathOf } from "./rest/query.ts";
import { unauthorized } from "./rest/route.ts";
import { toConnectError } from "./rpc/errors.ts";
import { Readiness, registerHealth } from "./rpc/health.ts";
import { registerReflection } from "./rpc/reflection.ts";
import { createRpc } from "./rpc/rpc.ts";
import type { AdminService } from "./service/projects/admin-service.ts";
import type { StreakService } from "./service/streaks/streak-service.ts";
import { type CorsAnswer, createCors } from "./web/cors.ts";
import { createPages } from "./web/pages.ts";

/** What a server serves. */
export interface ServerParts {
  readonly streakService: StreakService;
  readonly adminService: AdminService;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** The one port: REST, Connect, gRPC and gRPC-Web, over HTTP/1.1 and h2c. */
export interface Server {
  /** Takes the port. Until `serve` is called the server says that it is not ready, and asks admins to come again. */
  listen(port: number, host: string): Promise<AddressInfo>;
  /** Declares the server ready, and lets admins in that `isAdmin` knows by their headers. */
  serve(isAdmin: (headers: IncomingHttpHeaders) => boolean): void;
  /** Stops accepting, waits at most `graceMs` milliseconds for the requests in flight, and closes every connection. */
  close(graceMs: number): Promise<void>;
}

/** Puts the transports around the services. */
export function createServer({ streakService, adminService, metrics, log }: ServerParts): Server {
  const readiness = new Readiness();
  let refuseAdmin: (headers: IncomingHttpHeaders) => StreakdError | undefined = starting;

  const streak = withDeadlines(withChecks(streakService, checks["streak.v1.StreakService"]));
  // How long it takes to delete a project depends on what was recorded for it.
  const admin = withDeadlines(withChecks(adminService, checks["streak.v1.AdminService"]), ["deleteProject"]);
  const services: readonly DescService[] = [StreakServiceDesc, AdminServiceDesc];
  // Kept, since the library builds an option anew each time that it is asked for.
  const adminServices = new Set(services.filter(isForAdmins));
  const onError = createReporter(log);

  const bridge = createRestBridge({
    routes,
    services: { [StreakServiceDesc.typeName]: streak, [AdminServiceDesc.typeName]: admin },
    refuseAdmin: (headers) => refuseAdmin(headers),
    onError,
    onAnswer: (method, code, seconds) => metrics.answered("rest", method, code, seconds),
  });

  const rpc = createRpc({
    services: [
      [StreakServiceDesc, streak],
      [AdminServiceDesc, admin],
    ],
    others(router) {
      registerHealth(router, readiness, services);
      registerReflection(router, [...services, Health]);
    },
    gate(call) {
      // Its headers are looked at only where they count: to have them made costs something too.
      if (adminServices.has(call.service)) {
        const refusal = refuseAdmin({ "x-admin-token": call.requestHeader.get("x-admin-token") ?? undefined });
        if (refusal !== undefined) {
          throw toConnectError(refusal);
        }
      }
    },
    onError,
    onAnswer(protocol, method, code, seconds) {
      // Health and reflection are asked by machines, and would drown what users ask.
      if (services.includes(method.parent)) {
        metrics.answered(protocol, method.localName, code, seconds);
      }
    },
  });

  const publicServices = services
    .filter((service) => !adminServices.has(service))
    .map((service) => `/${service.typeName}/`);
  const corsOf = createCors((path) => {
    const place = bridge.find(path);
    return place === undefined
      ? publicServices.some((prefix) => path.startsWith(prefix))
      : place.routes.values().every((route) => !route.admin);
  });
  const answerPage = createPages(readiness, metrics);

  const handle: RequestHandler = (request, response, inTurn) => {
    const path = pathOf(request.url);
    const cors = corsOf(path, request);
    if (cors?.isPreflight) {
      send(response, preflight(cors));
      return;
    }
    for (const name in cors?.headers) {
      response.setHeader(name, cors.headers[name] as string);
    }
    // What tells whether the server lives, and takes work, is not to wait behind all that it is loaded with.
    if (answerPage(path, request, response) || (isHealthCheck(path) && rpc.handle(path, request, response))) {
      return;
    }
    inTurn(() => {
      if (!bridge.handle(request, response) && !rpc.handle(path, request, response)) {
        const message = "There is nothing at this path. GET /openapi.json lists what there is.";
        sendError(response, new StreakdError("NOT_FOUND", message));
      }
    });
  };

  /** The same for a plain request, as far as it is a preflight, or for REST, or a unary RPC. */
  function answer(head: RequestHead, closing: Closing): BodyAnswerer | undefined {
    const path = pathOf(head.url);
    const cors = corsOf(path, head);
    if (cors?.isPreflight) {
      return async () => preflight(cors);
    }
    const answerBody = rpc.answer(path, head, closing) ?? bridge.answer(head);
    if (answerBody === undefined || cors === undefined) {
      return answerBody;
    }
    return (body) =>
      answerBody(body)?.then((answer) => ({ ...answer, headers: { ...cors.headers, ...answer.headers } }));
  }

  const listener = createListener({ handle, answer }, (error) => log.error({ err: error }, "connection failed"));

  return {
    listen: (port, host) => listener.listen(port, host),
    serve(isAdmin) {
      refuseAdmin = (headers) => (isAdmin(headers) ? undefined : unauthorized());
      readiness.set(true);
    },
    async close(graceMs) {
      // First, so that health streams end and don't hold up the rest.
      readiness.end();
      await listener.close(graceMs);
    },
  };
}

function preflight({ headers }: CorsAnswer): Answer {
  return { status: 204, headers };
}

function isHealthCheck(path: string): boolean {
  return path.startsWith(`/${Health.typeName}/`);
}

/** The refusal of an admin whose token can't be told from a wrong one yet. */
function starting(): StreakdError {
  return new StreakdError("OVERLOADED", "The server is starting. Send the request again later.");
}

/** Whether a service is for those who hold the admin token, as the contract says. */
function isForAdmins(service: DescService): boolean {
  return getOption(service, adminOption);
}

/** Logs failures: ours as errors, those of what we depend on as warnings, and each only once for all whom it met. */
function createReporter(log: Logger): (error: unknown, method: string) => void {
  const reported = new WeakSet<object>();
  return (error, method) => {
    if (typeof error === "object" && error !== null) {
      if (reported.has(error)) {
        return;
      }
      reported.add(error);
    }
    log[error instanceof StreakdError ? "warn" : "error"]({ err: error, method }, "request failed");
  };
}
