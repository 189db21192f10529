import { type Context, type Link, type Span, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { BatchTracer } from "../../ingest/observer.ts";
import { type RunningContext, spanContextOf } from "./running-context.ts";

/** The most links of a batch's span: what the SDK keeps unless OTEL_SPAN_LINK_COUNT_LIMIT says otherwise. */
const MAX_LINKS = 128;

/**
 * Creates what traces batches. The events of a batch share its work, but a span has one parent. So the work is in the
 * trace of the first event that is traced, with links to the others; and each of the others has a span of the same name
 * and time in its own trace, with a link to the work.
 */
export function createBatchTracer(tracer: Tracer, running: RunningContext): BatchTracer {
  return {
    current: () => running.recorded,
    async run(name, places, work) {
      const [first, ...others] = places.filter((place) => place !== undefined) as Context[];
      if (first === undefined) {
        return running.runOutside(work);
      }
      const startTime = performance.now();
      const attributes = { "streakd.batch.events": places.length };
      const links = others.slice(0, MAX_LINKS).map((context): Link => ({ context: spanContextOf(context) }));
      const span = tracer.startSpan(name, { startTime, attributes, links }, first);
      let hasFailed = true;
      try {
        const result = await running.run(trace.setSpan(first, span), work);
        hasFailed = false;
        return result;
      } finally {
        const endTime = performance.now();
        end(span, hasFailed, endTime);
        const shared = [{ context: span.spanContext() }];
        for (const context of others) {
          end(tracer.startSpan(name, { startTime, attributes, links: shared }, context), hasFailed, endTime);
        }
      }
    },
  };
}

function end(span: Span, hasFailed: boolean, endTime: number): void {
  if (hasFailed) {
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(endTime);
}
