import cluster, { type Worker } from "node:cluster";
import { AggregatorRegistry, type Registry } from "prom-client";
import { shareRendering } from "./shared-rendering.ts";

/** The type of the messages between a worker that asks for the metrics of all workers and the primary process. */
const METRICS = "streakd:metrics";

interface MetricsRequest {
  readonly type: typeof METRICS;
  /** Tells the requests of one worker apart. */
  readonly id: number;
}

interface MetricsResponse extends MetricsRequest {
  /** The page; `undefined` when there is an error. */
  readonly page?: string;
  readonly error?: string;
}

/**
 * Answers workers that ask for the metrics of all workers. Called by the primary process, before it starts workers: a
 * worker can reach the others only through the primary.
 */
export function answerMetricsRequests(): void {
  const all = new AggregatorRegistry();
  const page = shareRendering(() => all.clusterMetrics());
  cluster.on("message", (worker: Worker, request: MetricsRequest) => {
    if (request.type !== METRICS) {
      return;
    }
    const respond = (result: Pick<MetricsResponse, "page" | "error">) => {
      if (worker.isConnected()) {
        worker.send({ ...request, ...result } satisfies MetricsResponse);
      }
    };
    page().then(
      (bytes) => respond({ page: `${bytes}` }),
      (error: Error) => respond({ error: error.message }),
    );
  });
}

/**
 * In a worker, shares this process's metrics with the other workers, and returns a function that asks the primary for
 * the page of all. `undefined` in a process that is no worker.
 */
export function shareWithWorkers(registry: Registry): (() => Promise<string>) | undefined {
  if (!cluster.isWorker) {
    return undefined;
  }
  AggregatorRegistry.setRegistries(registry);
  // Creating one makes this process listen for the primary's requests.
  new AggregatorRegistry();

  const waiting = new Map<number, (response: MetricsResponse) => void>();
  let lastId = 0;
  process.on("message", (message: MetricsResponse) => {
    if (message.type === METRICS) {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    }
  });
  return () =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, ({ page, error }) => (page === undefined ? reject(new Error(error)) : resolve(page)));
      process.send?.({ type: METRICS, id: lastId } satisfies MetricsRequest);
    });
}
