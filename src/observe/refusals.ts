import type { Logger } from "pino";
import { Counter, type Registry } from "prom-client";
import { BOUNDS, type OnRefusal } from "../http/limits.ts";

/** How often the log tells of one bound, in milliseconds, however many clients go over it. */
const QUIET_MS = 60_000;

/** Counts what was refused because a client went over a bound. */
export interface RefusalMetrics {
  readonly refused: OnRefusal;
}

/**
 * Registers the metric of refusals. The log tells of each bound too, but not more often than once a minute.
 */
export function createRefusalMetrics(registry: Registry, log: Logger): RefusalMetrics {
  const refusals = new Counter({
    name: "streakd_refused_total",
    help: "What was refused or ended because a client went over a bound, by the bound's setting.",
    labelNames: ["setting"],
    registers: [registry],
  });
  const bounds = new Map<string, { setting: string; counter: Counter.Internal; untold: number; toldAt: number }>();
  for (const [name, { setting }] of Object.entries(BOUNDS)) {
    const counter = refusals.labels(setting);
    counter.inc(0);
    bounds.set(name, { setting, counter, untold: 0, toldAt: Number.NEGATIVE_INFINITY });
  }
  return {
    refused(limit) {
      const bound = bounds.get(limit);
      if (bound === undefined) {
        return;
      }
      bound.counter.inc();
      bound.untold += 1;
      const now = performance.now();
      if (now - bound.toldAt >= QUIET_MS) {
        bound.toldAt = now;
        log.warn({ setting: bound.setting, count: bound.untold }, "clients go over a bound; they are refused");
        bound.untold = 0;
      }
    },
  };
}
