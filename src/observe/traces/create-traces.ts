import { setTimeout as sleep } from "node:timers/promises";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { setGlobalErrorHandler } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { Logger } from "pino";
import type { CallObserver } from "../../call/observer.ts";
import type { BatchTracer } from "../../ingest/observer.ts";
import type { StoreObserver } from "../../store/observe.ts";
import { VERSION } from "../../version.ts";
import { throttle } from "../throttle.ts";
import { createBatchTracer } from "./batches.ts";
import { type CallSpansInit, createCallSpans } from "./calls.ts";
import { RunningContext } from "./running-context.ts";
import { createStoreSpans } from "./store.ts";

/** How long the end of the process waits for the last spans to be sent, in milliseconds. */
const LAST_EXPORT_MS = 2_000;

/** What turns calls, batches and store operations into spans, and sends them. */
export interface Traces {
  readonly begin: NonNullable<CallObserver["begin"]>;
  readonly batches: BatchTracer;
  readonly storeCalled: StoreObserver;
  /** Sends what is left, and stops. Does not wait long for a collector that is away. */
  close(): Promise<void>;
}

/** What the spans say of where they come from. */
export interface TracesInit extends CallSpansInit {
  /** The database that the stores are in, as the semantic conventions call it. */
  readonly database: "sqlite" | "mongodb";
}

/**
 * Starts to trace, as OpenTelemetry's environment variables say. This file and what it imports are loaded only if the
 * operator wants traces: the SDK takes 12 MB of memory.
 */
export function createTraces(init: TracesInit, log: Logger): Traces {
  const logProblem = throttle((count, reason: string) =>
    log.warn({ reason, count }, "OpenTelemetry reports a problem; spans may be lost"),
  );
  setGlobalErrorHandler((error) => logProblem(error instanceof Error ? error.message : String(error)));
  const ignore = () => {};
  diag.setLogger(
    {
      error: (text) => logProblem(text),
      warn: (text) => logProblem(text),
      info: ignore,
      debug: ignore,
      verbose: ignore,
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": "streakd", "service.version": VERSION }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer("streakd", VERSION);
  const running = new RunningContext();
  return {
    begin: createCallSpans(tracer, running, init),
    batches: createBatchTracer(tracer, running),
    storeCalled: createStoreSpans(tracer, running, init.database),
    async close() {
      const closing = provider.shutdown().catch((error: unknown) => logProblem(String(error)));
      await Promise.race([closing, sleep(LAST_EXPORT_MS, undefined, { ref: false })]);
    },
  };
}
