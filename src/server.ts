import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { Health } from "#gen/health/v1/health_pb.ts";
import { routes } from "#gen/rest.ts";
import { Authenticator } from "./call/authenticator.ts";
import type { MethodContract } from "./call/contract.ts";
import type { Method } from "./call/method.ts";
import { type CountCall, Observer } from "./call/observer.ts";
import { createPipeline } from "./call/pipeline.ts";
import { ClientGone, StreakdError } from "./errors.ts";
import { createHostFilter } from "./http/allowed-hosts.ts";
import { errorAnswer } from "./http/answer.ts";
import { Budget } from "./http/budget.ts";
import { compressAnswer } from "./http/compression/compress-answer.ts";
import { createCompression } from "./http/compression/compression.ts";
import { createFastPath } from "./http/fast/create-fast-path.ts";
import { hostOf, isValidHost } from "./http/host.ts";
import type { Limits, OnRefusal } from "./http/limits.ts";
import type { Place } from "./http/listener/listen.ts";
import { createListener } from "./http/listener/listener.ts";
import { type Answer, pathOf, type Request } from "./http/message.ts";
import type { Certificate, TlsFiles } from "./http/tls/certificate.ts";
import { TurnBudget } from "./http/turn-budget.ts";
import { createRestBridge } from "./rest/bridge.ts";
import { Readiness } from "./rpc/health.ts";
import { createProbes } from "./rpc/probes.ts";
import { createRpc } from "./rpc/rpc.ts";
import { createCors } from "./web/cors.ts";
import { createPages } from "./web/pages.ts";

/** What a server is made of. */
export interface ServerInit {
  /** The methods of the API. */
  readonly methods: readonly Method[];
  readonly metrics: {
    readonly answered: CountCall;
    readonly contentType: string;
    readonly refused: OnRefusal;
    page(): Promise<Uint8Array>;
    acceptFailed(error: Error): void;
    handshakeFailed(error: Error): void;
  };
  readonly log: Logger;
  /** What clients can make the port spend. */
  readonly limits: Limits;
  /** Whether the fast path serves usual HTTP/1.1 requests, instead of Node's server. */
  readonly isFastPathOn: boolean;
  /** Whether there is reflection. */
  readonly isReflectionOn: boolean;
  /** The certificate; undefined means cleartext. */
  readonly tls: TlsFiles | undefined;
  /** The hosts that requests may be for, as `createHostFilter` takes them; undefined means any. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** The one port: REST, Connect, gRPC and gRPC-Web, over HTTP/1.1 and HTTP/2, in cleartext or over TLS. */
export interface Server {
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

/** Puts the transports around the methods. */
export function createServer(init: ServerInit): Server {
  const { methods, metrics, log, limits, isFastPathOn, isReflectionOn, tls, allowedHosts } = init;
  const readiness = new Readiness();
  const authenticator = new Authenticator();
  const run = createPipeline(authenticator.authenticate, new Observer(metrics.answered, log));

  const services = [...new Set(methods.map(({ contract }) => contract.method.parent))];
  const probes = createProbes({
    readiness,
    services,
    isReflectionOn,
    maxStreams: limits.maxProbeStreams,
    onRefusal: () => metrics.refused("maxProbeStreams"),
  });
  const bodyBudget = new Budget(limits.maxUnfinishedBodyBytes);
  const compression = createCompression({ limits, bodyBudget, onRefusal: metrics.refused });
  const rest = createRestBridge(routes, methods, run, compression.decompress);
  const rpc = createRpc([...methods, ...probes], run, compression);
  const pages = createPages(readiness, metrics);
  const corsOf = createCors(isForPages);
  const isAllowedHost = allowedHosts === undefined ? () => true : createHostFilter(allowedHosts);
  const turns = new TurnBudget();

  /** The beginnings of the paths of services with a method for anyone. */
  const publicPrefixes = services
    .filter((service) => methods.some(({ contract }) => contract.method.parent === service && isForAnyone(contract)))
    .map((service) => `/${service.typeName}/`);

  /** Whether pages may call what is at a path. They may not call probes or methods that need a scope. */
  function isForPages(path: string): boolean {
    const method = rpc.find(path);
    const found = method === undefined ? rest.methodsAt(path) : [method];
    // A page that asks for an unknown method of a public service can read the NOT_FOUND.
    return found.length === 0
      ? publicPrefixes.some((prefix) => path.startsWith(prefix))
      : found.every(({ contract, isProbe }) => !isProbe && isForAnyone(contract));
  }

  const checkPath = `/${Health.typeName}/${Health.method.check.name}`;

  function serve(request: Request): Promise<Answer> {
    const path = pathOf(request.url);
    const hostError = checkHost(hostOf(request), path);
    if (hostError !== undefined) {
      return Promise.resolve(errorAnswer(hostError));
    }
    const cors = corsOf(path, request);
    if (cors?.isPreflight) {
      return Promise.resolve({ status: 204, headers: cors.headers });
    }
    const answering = answerAt(path, request);
    if (cors === undefined && request.headers["accept-encoding"] === undefined) {
      return answering;
    }
    return answering.then((answer) => {
      const shared = cors === undefined ? answer : { ...answer, headers: { ...cors.headers, ...answer.headers } };
      return request.headers["accept-encoding"] === undefined
        ? shared
        : compressAnswer(shared, request, compression.compress);
    });
  }

  function checkHost(host: string | undefined, path: string): StreakdError | undefined {
    const isValid = isValidHost(host);
    if (isValid && isAllowedHost(host)) {
      return undefined;
    }
    // Orchestrators ask by whatever address they have, and some load balancers by HTTP/1.0 without a Host.
    if (isHealthCheck(path) && (isValid || host === undefined)) {
      return undefined;
    }
    return isValid ? forbiddenHost() : noHost();
  }

  function answerAt(path: string, request: Request): Promise<Answer> {
    // Health checks and pages come before other requests: they must answer under overload too.
    const isProbe = pages.has(path) || path === checkPath;
    return turns.run(() => answerInTurn(path, request), isProbe);
  }

  function answerInTurn(path: string, request: Request): Promise<Answer> {
    if (request.isGone) {
      return Promise.reject(new ClientGone());
    }
    const answering = rest.serve(path, request) ?? rpc.serve(path, request) ?? pages.serve(path, request);
    return answering ?? Promise.resolve(errorAnswer(nothingThere()));
  }

  const listener = createListener({
    serve,
    turns,
    limits,
    bodyBudget,
    onRefusal: metrics.refused,
    createFastPath: isFastPathOn ? createFastPath : undefined,
    tls: tls && {
      files: tls,
      onCertificate: (certificate, isValid) => logCertificate(log, certificate, isValid),
      onCertificateProblem: (err) => log.error({ err }, "the new TLS certificate can't be used; the old one stays"),
      onHandshakeFailed: metrics.handshakeFailed,
    },
    onAcceptFailed: metrics.acceptFailed,
    onFewDescriptors: (maxConnections) =>
      log.warn(
        { maxConnections },
        "MAX_CONNECTIONS is lowered to what the file descriptors of this process allow; for more raise ulimit -n (systemd: LimitNOFILE)",
      ),
    onError: (error) => log.error({ err: error }, "connection failed"),
  });

  return {
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

function isForAnyone({ access }: MethodContract): boolean {
  return access === "anyone";
}

function noHost(): StreakdError {
  const message = "The Host header (HTTP/2: :authority) names no valid host. Send the host that the request is for.";
  return new StreakdError("INVALID_BODY", message);
}

/** Whether a path is a probe, which tells no more than one word. */
function isHealthCheck(path: string): boolean {
  return path === "/healthz" || path === "/readyz" || path.startsWith(`/${Health.typeName}/`);
}

function forbiddenHost(): StreakdError {
  const message = "The Host header (HTTP/2: :authority) names a host that ALLOWED_HOSTS of this server does not have.";
  return new StreakdError("FORBIDDEN_HOST", `${message} Use one of its hosts, or let the operator add this one.`);
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
