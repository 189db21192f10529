import type { Logger } from "pino";
import { Counter, type Registry } from "prom-client";
import { BOUNDS, type OnRefusal } from "../http/limits.ts";
import { throttle } from "./throttle.ts";

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
  const bounds = new Map<string, { counter: Counter.Internal; logRefusal: () => void }>();
  for (const [name, { setting }] of Object.entries(BOUNDS)) {
    const counter = refusals.labels(setting);
    counter.inc(0);
    const logRefusal = throttle((count) => log.warn({ setting, count }, "clients go over a bound; they are refused"));
    bounds.set(name, { counter, logRefusal });
  }
  return {
    refused(limit) {
      const bound = bounds.get(limit);
      bound?.counter.inc();
      bound?.logRefusal();
    },
  };
}
