import type { DescService, MessageInitShape } from "@bufbuild/protobuf";
import type { ConnectRouter } from "@connectrpc/connect";
import {
  Health,
  type HealthCheckResponseSchema,
  HealthCheckResponse_ServingStatus as Status,
} from "#gen/health/v1/health_pb.ts";
import { RETRY_AFTER_SECONDS, StreakdError } from "../errors.ts";
import type { ServerAnswer, ServerRequest } from "./listener.ts";

/** Whether the server takes work. Not at first: whoever composes it says when all is up. */
export class Readiness {
  #ready = false;
  #ended = false;
  readonly #waiting = new Set<() => void>();

  /** True when the server takes work. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Says whether the server takes work, for now. Does nothing after {@link end}. */
  set(ready: boolean): void {
    if (this.#ended || ready === this.#ready) {
      return;
    }
    this.#ready = ready;
    this.#notify();
  }

  /**
   * Says that the server is shutting down: not ready, for good. Those who watch learn it and their streams end, which
   * would otherwise be requests in flight that hold up the shutdown until it is forced.
   */
  end(): void {
    this.#ready = false;
    this.#ended = true;
    this.#notify();
  }

  /**
   * The present value and each later one, until {@link end} or until `signal` aborts. Who is slow to take them misses
   * those in between, never the last.
   */
  async *watch(signal: AbortSignal): AsyncGenerator<boolean, void> {
    let told: boolean | undefined;
    while (!signal.aborted) {
      if (told !== this.#ready) {
        told = this.#ready;
        yield told;
      } else if (this.#ended) {
        return;
      } else {
        await this.#change(signal);
      }
    }
  }

  /** Not a promise that all watchers race against their signals: each short watch would leave its reaction on it. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener("abort", done, { once: true });
    });
  }

  #notify(): void {
    for (const done of [...this.#waiting]) {
      done();
    }
  }
}

/**
 * Adds `grpc.health.v1.Health` to a router, for the server as a whole (the empty name) and for each of the services,
 * which all share the one readiness. Needs the error interceptor for its NOT_FOUND.
 */
export function registerHealth(router: ConnectRouter, readiness: Readiness, services: readonly DescService[]): void {
  const names = ["", ...services.map((service) => service.typeName)];
  const known = new Set(names);

  router.service(Health, {
    check({ service }) {
      if (!known.has(service)) {
        throw new StreakdError("NOT_FOUND", `There is no service "${service}" here. Ask "list" for those there are.`);
      }
      return toResponse(readiness.ready);
    },
    list() {
      return { statuses: Object.fromEntries(names.map((name) => [name, toResponse(readiness.ready)])) };
    },
    async *watch({ service }, context) {
      const isKnown = known.has(service);
      if (!isKnown) {
        yield { status: Status.SERVICE_UNKNOWN };
      }
      // The protocol keeps the stream of an unknown service open, as it may become known; here it only ever ends.
      for await (const ready of readiness.watch(context.signal)) {
        if (isKnown) {
          yield toResponse(ready);
        }
      }
    },
  });
}

/**
 * Answers `/healthz` (the process lives: always 200) and `/readyz` (it takes work: 200, else 503), and says whether
 * the request was for one of them. For load balancers and orchestrators that don't speak gRPC.
 *
 * @param path is the request's path, without its query.
 */
export function answerProbe(readiness: Readiness, path: string, req: ServerRequest, res: ServerAnswer): boolean {
  if (path !== "/healthz" && path !== "/readyz") {
    return false;
  }
  res.setHeader("Content-Type", "application/json");
  res.setHeader("Cache-Control", "no-store");
  if (req.method !== "GET" && req.method !== "HEAD") {
    res.statusCode = 405;
    res.setHeader("Allow", "GET, HEAD");
    res.end(JSON.stringify({ error: "METHOD_NOT_ALLOWED", message: "Use GET." }));
  } else if (path === "/readyz" && !readiness.ready) {
    res.statusCode = 503;
    res.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    res.end(JSON.stringify({ error: "OVERLOADED", message: "The server is starting or shutting down." }));
  } else {
    res.end(JSON.stringify({ status: path === "/readyz" ? "ready" : "alive" }));
  }
  return true;
}

function toResponse(ready: boolean): MessageInitShape<typeof HealthCheckResponseSchema> {
  return { status: ready ? Status.SERVING : Status.NOT_SERVING };
}
