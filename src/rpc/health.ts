import type { DescService, MessageInitShape } from "@bufbuild/protobuf";
import {
  type Health,
  type HealthCheckResponseSchema,
  HealthCheckResponse_ServingStatus as Status,
} from "#gen/health/v1/health_pb.ts";
import type { Handlers } from "../call/method.ts";
import { StreakdError } from "../errors.ts";

/** Whether the server takes requests: not until `set(true)`. */
export class Readiness {
  #ready = false;
  #ended = false;
  readonly #waiting = new Set<() => void>();

  /** True when the server takes requests. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Sets whether the server takes requests. Does nothing after {@link end}. */
  set(ready: boolean): void {
    if (this.#ended || ready === this.#ready) {
      return;
    }
    this.#ready = ready;
    this.#notify();
  }

  /**
   * Says that the server is shutting down: not ready, for good. Watchers learn it and their streams end. Otherwise
   * these streams would be requests in flight, and the shutdown would wait for them.
   */
  end(): void {
    this.#ready = false;
    this.#ended = true;
    this.#notify();
  }

  /**
   * Yields the present value and each later one, until {@link end} or until `signal` aborts. A slow reader misses
   * values in between, never the last.
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

  /** Each watcher has its own promise. On a shared one, every watch that ended would leave a reaction. */
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
 * Returns the handlers of `grpc.health.v1.Health`, for the whole server (the empty name) and for each service. All
 * share one readiness.
 */
export function createHealth(readiness: Readiness, services: readonly DescService[]): Handlers<typeof Health> {
  const names = ["", ...services.map((service) => service.typeName)];
  const known = new Set(names);

  return {
    async check({ service }) {
      if (!known.has(service)) {
        throw new StreakdError("NOT_FOUND", `There is no service "${service}" here. Ask "list" for those there are.`);
      }
      return toResponse(readiness.ready);
    },
    async list() {
      return { statuses: Object.fromEntries(names.map((name) => [name, toResponse(readiness.ready)])) };
    },
    async *watch({ service }, { signal }) {
      const isKnown = known.has(service);
      if (!isKnown) {
        yield { status: Status.SERVICE_UNKNOWN };
      }
      // The protocol keeps the stream of an unknown service open, as the service may appear later. Here none does.
      for await (const ready of readiness.watch(signal)) {
        if (isKnown) {
          yield toResponse(ready);
        }
      }
    },
  };
}

function toResponse(ready: boolean): MessageInitShape<typeof HealthCheckResponseSchema> {
  return { status: ready ? Status.SERVING : Status.NOT_SERVING };
}
