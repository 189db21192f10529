import type { DescService } from "@bufbuild/protobuf";
import { Health } from "#gen/health/v1/health_pb.ts";
import type { Call } from "../call/call.ts";
import { hasStreamOfResponses, type Messages, type Method, probesOf } from "../call/method.ts";
import { StreakdError } from "../errors.ts";
import { createHealth, type Readiness } from "./health.ts";
import { createReflection } from "./reflection.ts";

/** The most bytes of a request message of health and reflection, which ask for no more than a name. */
export const MAX_PROBE_MESSAGE_BYTES = 4 * 1024;

/** What the probes are made of. */
export interface ProbesInit {
  readonly readiness: Readiness;
  /** The services of the API. */
  readonly services: readonly DescService[];
  /** Whether there is reflection. */
  readonly isReflectionOn: boolean;
  /** How many streams all clients together may have open. More are refused with OVERLOADED. */
  readonly maxStreams: number;
  /** Learns of each stream that is refused. */
  onRefusal(): void;
}

/** Returns the methods that machines ask: health and reflection. */
export function createProbes({
  readiness,
  services,
  isReflectionOn,
  maxStreams,
  onRefusal,
}: ProbesInit): readonly Method[] {
  const health = probesOf(Health, createHealth(readiness, services), MAX_PROBE_MESSAGE_BYTES);
  const reflection = isReflectionOn ? createReflection([...services, Health], MAX_PROBE_MESSAGE_BYTES) : [];
  let open = 0;

  /** Returns the same method, which counts its streams and refuses those beyond the bound. */
  function bounded(method: Method): Method {
    if (!hasStreamOfResponses(method.contract.method)) {
      return method;
    }
    async function* handle(request: Messages, call: Call) {
      if (open >= maxStreams) {
        onRefusal();
        throw new StreakdError(
          "OVERLOADED",
          `Clients have ${maxStreams} streams of health and reflection open, which is the most there may be. End those that nobody reads, or ask Check.`,
        );
      }
      open += 1;
      try {
        yield* method.handle(request, call) as AsyncIterable<unknown>;
      } finally {
        open -= 1;
      }
    }
    return { ...method, handle };
  }

  return [...health, ...reflection].map(bounded);
}
