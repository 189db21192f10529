import cluster, { type Worker } from "node:cluster";
import type { Logger } from "pino";
import { AggregatorRegistry } from "prom-client";

/** How long after a worker died another takes its place, in milliseconds, so that one that can't live does not spin. */
const RESTART_PAUSE_MS = 1_000;

/** What a worker says when it serves. */
const SERVES = "streakd:serves";

/** What a worker asks of the first process: the metrics of all workers. */
const ASK_METRICS = "streakd:metrics";

interface MetricsQuestion {
  readonly type: typeof ASK_METRICS;
  readonly id: number;
}

interface MetricsAnswer extends MetricsQuestion {
  /** The page, or why there is none. */
  readonly page?: string;
  readonly error?: string;
}

/**
 * Runs a number of processes that serve one port, each an instance of its own, and puts another in the place of one that
 * dies. Signals go to all of them. Ends when they have, with the exit code of one that failed. If the first can't start, no
 * other could.
 */
export function runWorkers(count: number, log: Logger): void {
  let stopping: NodeJS.Signals | undefined;
  let hasServed = false;

  function fork(): void {
    const worker = cluster.fork();
    worker.on("message", (message) => {
      hasServed ||= message === SERVES;
    });
    worker.once("exit", (code, signal) => {
      if (hasServed && stopping === undefined) {
        log.error({ pid: worker.process.pid, code, signal }, "a worker died; another takes its place");
        setTimeout(() => stopping ?? fork(), RESTART_PAUSE_MS);
        return;
      }
      if (stopping !== undefined) {
        // Our signal ends at once one that has just begun.
        process.exitCode ||= signal === stopping ? 0 : (code ?? 1);
      } else {
        // It has said why it can't start.
        process.exitCode = code || 1;
        stop("SIGTERM");
      }
    });
  }

  function stop(signal: NodeJS.Signals): void {
    stopping = signal;
    for (const worker of Object.values(cluster.workers ?? {})) {
      worker?.process.kill(signal);
    }
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => stop(signal));
  }
  answerMetrics();
  for (let forked = 0; forked < count; forked++) {
    fork();
  }
}

/** Tells the first process, if this one is a worker, that it serves. */
export function tellServing(): void {
  cluster.worker?.send(SERVES);
}

/** Answers the workers that ask for everyone's metrics. */
function answerMetrics(): void {
  const all = new AggregatorRegistry();
  cluster.on("message", (worker: Worker, question: MetricsQuestion) => {
    if (question.type === ASK_METRICS) {
      const answer = (rest: Pick<MetricsAnswer, "page" | "error">) => {
        if (worker.isConnected()) {
          worker.send({ ...question, ...rest });
        }
      };
      all.clusterMetrics().then(
        (page) => answer({ page }),
        (error: Error) => answer({ error: error.message }),
      );
    }
  });
}

/** In a worker, what asks for the metrics of all workers; undefined in a process that is alone. */
export function metricsOfAllWorkers(): (() => Promise<string>) | undefined {
  if (!cluster.isWorker) {
    return undefined;
  }
  // It is this that has the worker tell its own when it is asked.
  new AggregatorRegistry();
  const waiting = new Map<number, (answer: MetricsAnswer) => void>();
  let asked = 0;
  process.on("message", (message: MetricsAnswer) => {
    if (message.type === ASK_METRICS) {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    }
  });
  return () =>
    new Promise((resolve, reject) => {
      asked += 1;
      waiting.set(asked, ({ page, error }) => (page === undefined ? reject(new Error(error)) : resolve(page)));
      process.send?.({ type: ASK_METRICS, id: asked } satisfies MetricsQuestion);
    });
}
