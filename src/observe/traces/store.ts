import { SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import type { StoreObserver } from "../../store/observe.ts";
import type { RunningContext } from "./running-context.ts";

/**
 * Creates what makes a span of each store operation of a call or a batch. What the stores do by themselves has none.
 *
 * @param database as the semantic conventions call it
 */
export function createStoreSpans(tracer: Tracer, running: RunningContext, database: string): StoreObserver {
  return ({ method, seconds, outcome, events }) => {
    const context = running.recorded;
    if (context === undefined) {
      return;
    }
    const end = performance.now();
    const attributes = {
      "db.system.name": database,
      "db.operation.name": method,
      "db.operation.batch.size": events,
      "error.type": outcome === "done" ? undefined : outcome,
    };
    const options = { kind: SpanKind.CLIENT, startTime: end - seconds * 1000, attributes };
    const span = tracer.startSpan(`${method} ${database}`, options, context);
    if (outcome !== "done") {
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end(end);
  };
}
