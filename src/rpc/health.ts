import type { DescService, MessageInitShape } from "@bufbuild/protobuf";
import {
  type Health,
  type HealthCheckResponseSchema,
  HealthCheckResponse_ServingStatus as Status,
} from "#gen/health/v1/health_pb.ts";
import type { Handlers } from "../call/method.ts";
import { StreakdError } from "../errors.ts";

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
 * What serves `grpc.health.v1.Health`, for the server as a whole (the empty name) and for each of the services, which all
 * share the one readiness.
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
      // The protocol keeps the stream of an unknown service open, as it may become known; here it only ever ends.
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
