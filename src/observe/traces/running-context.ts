import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  TraceFlags,
  trace,
} from "@opentelemetry/api";

/** Which span the code that runs now belongs to. It follows the work of a call through all its promises. */
export class RunningContext {
  readonly #contexts = new AsyncLocalStorage<Context>();

  /** The context of the span that records what runs now; undefined when nothing records it. */
  get recorded(): Context | undefined {
    const context = this.#contexts.getStore();
    return context !== undefined && isRecorded(context) ? context : undefined;
  }

  /** Runs work as part of the span of a context. */
  run<T>(context: Context, work: () => T): T {
    return this.#contexts.run(context, work);
  }

  /** Runs work that is part of no span. */
  runOutside<T>(work: () => T): T {
    return this.#contexts.run(ROOT_CONTEXT, work);
  }
}

function isRecorded(context: Context): boolean {
  const span = trace.getSpanContext(context);
  return span !== undefined && isSpanContextValid(span) && (span.traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** The span of a context that records. */
export function spanContextOf(context: Context): SpanContext {
  return trace.getSpanContext(context) as SpanContext;
}
