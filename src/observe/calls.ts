import { Counter, Histogram, type Registry } from "prom-client";
import type { CountCall } from "../call/observer.ts";
import { DURATION_BUCKETS, memoize } from "./instruments.ts";

/** Measures the calls of the API's methods. */
export interface CallMetrics {
  readonly answered: CountCall;
}

/** Registers the metrics of calls. */
export function createCallMetrics(registry: Registry): CallMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: "streakd_requests_total",
    help: "Requests to a method of the API, by the error's code or OK.",
    labelNames: ["protocol", "method", "code"],
    registers,
  });
  const requestSeconds = new Histogram({
    name: "streakd_request_seconds",
    help: "From when a request was read, its headers at least, to its answer.",
    labelNames: ["protocol", "method"],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const instrumentsOf = memoize((key) => {
    const [protocol, method, code] = key.split(" ") as [string, string, string];
    return { count: requests.labels(protocol, method, code), seconds: requestSeconds.labels(protocol, method) };
  });
  return {
    answered(protocol, method, code, seconds) {
      const instruments = instrumentsOf(`${protocol} ${method} ${code}`);
      instruments.count.inc();
      instruments.seconds.observe(seconds);
    },
  };
}
