import type { AddressInfo, Socket } from "node:net";
import type { Logger } from "pino";
import { Health } from "#gen/health/v1/health_pb.ts";
import { routes } from "#gen/rest.ts";
import type { Authenticator } from "./call/authenticator.ts";
import type { MethodContract } from "./call/contract.ts";
import type { Method } from "./call/method.ts";
import type { CallObserver } from "./call/observer.ts";
import { createPipeline } from "./call/pipeline.ts";
import type { RateLimitStep } from "./call/rate-limit.ts";
import { ClientGone, StreakdError } from "./errors.ts";
import { errorAnswer } from "./http/answer.ts";
import { Budget } from "./http/budget.ts";
import type { Compress } from "./http/compression/compress.ts";
import { compressAnswer } from "./http/compression/compress-answer.ts";
import { createCompression } from "./http/compression/compression.ts";
import type { OnError } from "./http/connection-server.ts";
import { createFastPath } from "./http/fast/create-fast-path.ts";
import type { Limits, OnRefusal } from "./http/limits.ts";
import type { Place } from "./http/listener/listen.ts";
import { createListener } from "./http/listener/listener.ts";
import { type Answer, type BodyLimit, pathOf, type Request, type Serve } from "./http/message.ts";
import type { Certificate, TlsFiles } from "./http/tls/certificate.ts";
import { createProxyTrust } from "./http/trusted-proxies.ts";
import { TurnBudget } from "./http/turn-budget.ts";
import { createRestBridge, type RestBridge } from "./rest/bridge.ts";
import { Readiness } from "./rpc/health.ts";
import { createProbes } from "./rpc/probes.ts";
import { createRpc, type Rpc } from "./rpc/rpc.ts";
import { createCors, withCors } from "./web/cors.ts";
import { readDashboard } from "./web/dashboard.ts";
import { createHostCheck } from "./web/host-check.ts";
import { createPages, type Pages } from "./web/pages.ts";
import { readReference } from "./web/reference.ts";
import { PACKAGES, readStaticFiles } from "./web/static-files.ts";

/** What a server is made of. */
export interface ServerInit {
  /** The methods of the API. */
  readonly methods: readonly Method[];
  /** Recognises callers. */
  readonly authenticator: Authenticator;
  /** Is told of every call. */
  readonly observer: CallObserver;
  /** How fast calls may come. */
  readonly rateLimits: RateLimitStep;
  /** Is told of every answer to a request that is no call, except health checks. */
  readonly onOtherAnswer: (request: Request, answer: Answer) => void;
  readonly metrics: {
    readonly contentType: string;
    readonly refused: OnRefusal;
    page(): Promise<Uint8Array>;
    acceptFailed(error: Error): void;
    handshakeFailed(error: Error): void;
    readonly accepted: ((socket: Socket) => void) | undefined;
    certificateInUse(validTo: Date): void;
    readonly answerFailed: OnError;
  };
  readonly log: Logger;
  /** What clients can make the port spend. */
  readonly limits: Limits;
  /** Whether the operator has set how many connections there may be. */
  readonly isMaxConnectionsSet: boolean;
  /** Whether the fast path serves usual HTTP/1.1 requests, instead of Node's server. */
  readonly isFastPathOn: boolean;
  /** Whether there is reflection. */
  readonly isReflectionOn: boolean;
  /** Whether there is the dashboard. */
  readonly isDashboardOn: boolean;
  /** The certificate; undefined means cleartext. */
  readonly tls: TlsFiles | undefined;
  /** The hosts that requests may be for, as `createHostFilter` takes them; undefined means any. */
  readonly allowedHosts: readonly string[] | undefined;
  /** The proxies whose `X-Forwarded-For` is believed, as `createProxyTrust` takes them; undefined means none. */
  readonly trustedProxies: readonly string[] | undefined;
}

/** The one port: REST, Connect, gRPC and gRPC-Web, over HTTP/1.1 and HTTP/2, in cleartext or over TLS. */
export interface Server {
  /** How many connections are open. */
  readonly connections: number;
  /** Takes the port. Until `setReady` is called the server says that it is not ready, and root gets OVERLOADED. */
  listen(place: Place): Promise<AddressInfo>;
  /**
   * Declares the server ready.
   *
   * @param rootTokenHash the hash of the admin token, from `hashAdminToken`
   */
  setReady(rootTokenHash: string): void;
  /** Declares the server not ready, for good. Goes on serving, and tells clients that their connections end. */
  drain(): void;
  /** Stops accepting, waits at most `graceMs` milliseconds for the requests in flight, and closes every connection. */
  close(graceMs: number): Promise<void>;
}

/** The gRPC health check that load balancers ask again and again. */
const CHECK_PATH = `/${Health.typeName}/${Health.method.check.name}`;

/** Puts the transports around the methods. */
export function createServer(init: ServerInit): Server {
  const { methods, authenticator, metrics, log, limits, tls } = init;
  const readiness = new Readiness();
  const run = createPipeline(authenticator.authenticate, init.observer, init.rateLimits);
  const probes = createProbes({
    readiness,
    services: servicesOf(methods),
    isReflectionOn: init.isReflectionOn,
  });
  const turns = new TurnBudget();
  const bodyBudget = new Budget(limits.maxUnfinishedBodyBytes);
  const compression = createCompression({ limits, bodyBudget, onRefusal: metrics.refused });
  const rest = createRestBridge(routes, methods, run, compression.decompress);
  const rpc = createRpc({
    methods: [...methods, ...probes],
    run,
    compression,
    maxStreamingCalls: limits.maxStreamingCalls,
    onRefusal: () => metrics.refused("maxStreamingCalls"),
  });
  const files = [readStaticFiles(PACKAGES), readReference(PACKAGES)];
  if (!files.every(({ isBuilt }) => isBuilt)) {
    log.warn("the files for browsers are not built: /widget.js and /docs answer 404, and say how to build them");
  }
  const dashboard = init.isDashboardOn ? readDashboard(PACKAGES) : undefined;
  if (dashboard?.isBuilt === false) {
    log.warn("the dashboard is not built: /dashboard answers 404, and says how to build it");
  }
  const pages = createPages(readiness, metrics, files, dashboard);
  const corsOf = createCors(createIsForPages(rest, rpc, pages, methods));
  const listener = createListener({
    serve: createServe({
      rest,
      rpc,
      pages,
      corsOf,
      turns,
      compress: compression.compress,
      allowedHosts: init.allowedHosts,
      trustedProxies: init.trustedProxies,
    }),
    bodyLimit: createBodyLimit(rest, rpc),
    commonHeaders: (request) => corsOf(pathOf(request.url), request)?.headers ?? {},
    turns,
    limits,
    bodyBudget,
    onRefusal: metrics.refused,
    createFastPath: init.isFastPathOn ? createFastPath : undefined,
    tls: tls && {
      files: tls,
      onCertificate(certificate, isValid) {
        metrics.certificateInUse(certificate.validTo);
        logCertificate(log, certificate, isValid);
      },
      onCertificateProblem: (err) => log.error({ err }, "the new TLS certificate can't be used; the old one stays"),
      onHandshakeFailed: metrics.handshakeFailed,
    },
    onAccept: metrics.accepted,
    onAcceptFailed: metrics.acceptFailed,
    onFewDescriptors: (maxConnections) =>
      log[init.isMaxConnectionsSet ? "warn" : "info"](
        { maxConnections },
        "MAX_CONNECTIONS is lowered to what the file descriptors of this process allow; for more raise ulimit -n (systemd: LimitNOFILE)",
      ),
    onError: metrics.answerFailed,
    onAnswer(request, answer) {
      if (!request.isCall && !pages.isHealthCheck(pathOf(request.url))) {
        init.onOtherAnswer(request, answer);
      }
    },
  });

  return {
    get connections() {
      return listener.connections;
    },
    listen: (place) => listener.listen(place),
    setReady(rootTokenHash) {
      authenticator.setRootToken(rootTokenHash);
      readiness.set(true);
    },
    drain() {
      // First, so that health streams end and don't delay the shutdown.
      readiness.end();
      listener.drain();
    },
    async close(graceMs) {
      readiness.end();
      await listener.close(graceMs);
    },
  };
}

/** What answers the requests of a server. */
interface ServeInit {
  readonly rest: RestBridge;
  readonly rpc: Rpc;
  readonly pages: Pages;
  readonly corsOf: ReturnType<typeof createCors>;
  readonly turns: TurnBudget;
  readonly compress: Compress;
  readonly allowedHosts: readonly string[] | undefined;
  readonly trustedProxies: readonly string[] | undefined;
}

/** Creates what answers every request, each in its turn. */
function createServe({ rest, rpc, pages, corsOf, turns, compress, allowedHosts, trustedProxies }: ServeInit): Serve {
  const clientOf = trustedProxies && createProxyTrust(trustedProxies);
  const checkHost = createHostCheck(
    allowedHosts,
    (path) => pages.isHealthCheck(path) || path.startsWith(`/${Health.typeName}/`),
  );

  function answerInTurn(path: string, request: Request): Promise<Answer> {
    if (request.isGone) {
      return Promise.reject(new ClientGone());
    }
    const cors = corsOf(path, request);
    const refusal = checkHost(path, request);
    if (refusal !== undefined) {
      return Promise.resolve(cors === undefined ? refusal : withCors(refusal, cors));
    }
    if (cors?.isPreflight) {
      return Promise.resolve({ status: 204, headers: cors.headers });
    }
    const answering = answerAt(path, request);
    if (cors === undefined && request.headers["accept-encoding"] === undefined) {
      return answering;
    }
    return answering.then((answer) => {
      const shared = cors === undefined ? answer : withCors(answer, cors);
      return request.headers["accept-encoding"] === undefined ? shared : compressAnswer(shared, request, compress);
    });
  }

  function answerAt(path: string, request: Request): Promise<Answer> {
    const answering = rest.serve(path, request) ?? rpc.serve(path, request) ?? pages.serve(path, request);
    return answering ?? Promise.resolve(errorAnswer(nothingThere()));
  }

  return (request) => {
    request.forwardedFor = clientOf?.(request);
    const path = pathOf(request.url);
    // Health checks and pages come before other requests: they must answer under overload too.
    const isProbe = pages.has(path) || path === CHECK_PATH;
    return turns.run(() => answerInTurn(path, request), isProbe);
  };
}

/** Creates the function that returns how many bytes a request's body may have. Pages read no body. */
function createBodyLimit(rest: RestBridge, rpc: Rpc): BodyLimit {
  return (request) => {
    const path = pathOf(request.url);
    return rest.bodyLimit(path, request.method) ?? rpc.bodyLimit(path, request) ?? 0;
  };
}

function servicesOf(methods: readonly Method[]): readonly MethodContract["method"]["parent"][] {
  return [...new Set(methods.map(({ contract }) => contract.method.parent))];
}

/**
 * Creates what says whether pages in browsers may read what is at a path. They may not read metrics, probes, or methods
 * that need a scope. They may read that nothing is at a path, unless the path belongs to a service that no page may
 * call.
 */
function createIsForPages(rest: RestBridge, rpc: Rpc, pages: Pages, methods: readonly Method[]) {
  const isForAnyone = ({ contract: { access } }: Method) => access === "anyone";
  const publicServices = servicesOf(methods.filter(isForAnyone));
  const closedPrefixes = servicesOf(methods)
    .filter((service) => !publicServices.includes(service))
    .map(({ typeName }) => `/${typeName}/`);
  return (path: string): boolean => {
    const method = rpc.find(path);
    const found = method === undefined ? rest.methodsAt(path) : [method];
    if (found.length > 0) {
      return found.every((each) => !each.isProbe && isForAnyone(each));
    }
    return pages.has(path) ? pages.takesCors(path) : !closedPrefixes.some((prefix) => path.startsWith(prefix));
  };
}

function logCertificate(log: Logger, { names, validFrom, validTo }: Certificate, isValid: boolean): void {
  const fields = { names, validFrom, validTo };
  if (isValid) {
    log.info(fields, "TLS certificate in use");
  } else {
    log.warn(fields, "TLS certificate in use is not valid today; clients will refuse it");
  }
}

function nothingThere(): StreakdError {
  return new StreakdError("NOT_FOUND", "There is nothing at this path. GET /openapi.json lists what there is.");
}
