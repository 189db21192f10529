import type { DescService } from "@bufbuild/protobuf";
import { Health } from "#gen/health/v1/health_pb.ts";
import { type Method, probesOf } from "../call/method.ts";
import { createHealth, type Readiness } from "./health.ts";
import { createReflection } from "./reflection.ts";

/** The most bytes of a request message of health and reflection, which holds little more than a name. */
export const MAX_PROBE_MESSAGE_BYTES = 4 * 1024;

/** What the probes need. */
export interface ProbesInit {
  readonly readiness: Readiness;
  /** The services of the API. */
  readonly services: readonly DescService[];
  /** Whether there is reflection. */
  readonly isReflectionOn: boolean;
}

/** Returns the methods that machines ask: health and reflection. */
export function createProbes({ readiness, services, isReflectionOn }: ProbesInit): readonly Method[] {
  return [
    ...probesOf(Health, createHealth(readiness, services), MAX_PROBE_MESSAGE_BYTES),
    ...(isReflectionOn ? createReflection([...services, Health], MAX_PROBE_MESSAGE_BYTES) : []),
  ];
}
