/** How many calls of a method of the API there were, which part of them failed, and how long half of them took. */
type Call = readonly [method: string, calls: number, failed: readonly [code: string, part: number], seconds: number];

const CALLS: readonly Call[] = [
  ["recordEvent", 4_182_300, ["INVALID_WIDGET_KIND", 0.0021], 0.0031],
  ["getState", 2_904_100, ["NOT_FOUND", 0.0004], 0.0009],
  ["recordEvents", 12_480, ["RATE_LIMITED", 0.012], 0.0085],
  ["getActivity", 1_206, ["UNAUTHORIZED", 0.001], 0.0142],
  ["listUsers", 864, ["FORBIDDEN", 0.0035], 0.0061],
  ["aliasUser", 612, ["NOT_FOUND", 0.0016], 0.0048],
  ["getProject", 431, ["NOT_FOUND", 0.0046], 0.0007],
];

/** What the store was asked, how often, and how long half of the answers took. */
const STORE: readonly (readonly [method: string, calls: number, seconds: number])[] = [
  ["states", 2_904_100, 0.0006],
  ["record", 611_040, 0.0024],
  ["activity", 1_206, 0.0121],
  ["users", 864, 0.0052],
  ["alias", 612, 0.0039],
];

/** Upper bounds of buckets, in seconds and in events. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const EVENTS = [1, 2, 5, 10, 20, 50, 100];

/** A day before, and a little less. */
const STARTED_MS = [93_600_000, 93_420_000];

/**
 * An answer to `ListInstances` of two instances that have a lot to do. A picture can't show what this machine measures: it is
 * different each time.
 *
 * @param now epoch milliseconds
 */
export function instancesAt(now: number): object {
  return {
    instances: STARTED_MS.map((startedMs, index) => ({
      id: `instance-${index + 1}`,
      host: `streakd-${index + 1}`,
      processId: 1,
      version: "0.1.0",
      nodeVersion: "v24.11.0",
      store: "STORE_KIND_MONGODB",
      dedupeCache: "DEDUPE_CACHE_KIND_REDIS",
      startTime: new Date(now - startedMs).toISOString(),
      reportTime: new Date(now - index * 4000).toISOString(),
      metrics: metricsOf(index).join("\n"),
    })),
  };
}

function metricsOf(index: number): string[] {
  // One of the two has a little more to do.
  const share = index === 0 ? 0.53 : 0.47;
  const counted = (calls: number) => Math.round(calls * share);
  return [
    ...CALLS.flatMap(([method, calls, [code, part], seconds]) => [
      `streakd_requests_total{protocol="rest",method="${method}",code="OK"} ${counted(calls * (1 - part))}`,
      `streakd_requests_total{protocol="rest",method="${method}",code="${code}"} ${counted(calls * part)}`,
      ...histogram("streakd_request_seconds", `method="${method}",`, SECONDS, counted(calls), seconds),
    ]),
    ...STORE.flatMap(([method, calls, seconds]) => [
      ...histogram("streakd_store_seconds", `method="${method}",`, SECONDS, counted(calls), seconds),
    ]),
    ...histogram("streakd_batch_events", "", EVENTS, counted(611_040), 6),
    `streakd_batch_events_sum ${counted(4_173_500)}`,
    `streakd_events_total{outcome="stored"} ${counted(2_310_900)}`,
    `streakd_events_total{outcome="repeat"} ${counted(84_200)}`,
    `streakd_events_total{outcome="seen"} ${counted(1_778_400)}`,
    `streakd_queue_events ${3 - index}`,
    `streakd_connections ${index === 0 ? 214 : 187}`,
    `process_cpu_seconds_total ${counted(29_400)}`,
    `process_resident_memory_bytes ${counted(412) * 1024 * 1024}`,
    `nodejs_eventloop_lag_p99_seconds ${index === 0 ? 0.0121 : 0.0113}`,
  ];
}

/** Lines of a histogram of which half lies below `median`, and nearly all below four times as much. */
function histogram(name: string, labels: string, bounds: readonly number[], count: number, median: number): string[] {
  const below = (bound: number) => Math.round(count * (1 - 0.5 ** ((bound / median) ** 1.5)));
  return [
    ...bounds.map((bound) => `${name}_bucket{${labels}le="${bound}"} ${below(bound)}`),
    `${name}_bucket{${labels}le="+Inf"} ${count}`,
    `${name}_count${labels === "" ? "" : `{${labels.slice(0, -1)}}`} ${count}`,
  ];
}
