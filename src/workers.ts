import cluster from "node:cluster";
import type { Logger } from "pino";

/** The pause before a dead worker is replaced, in milliseconds, so that a worker that can't run does not spin. */
const RESTART_PAUSE_MS = 1_000;

/** The message by which a worker tells the primary process that it serves. */
const SERVES = "streakd:serves";

/**
 * Runs a number of worker processes that serve one port, each of them an instance of its own, and replaces workers that
 * die. Passes SIGTERM and SIGINT on to all workers. This process ends after the last worker, with the exit code of a
 * worker that failed. When a worker can't start before any has served, all are stopped: no other could start either.
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
        // Our signal kills a worker that has only just started and does not handle it yet. That is no failure.
        process.exitCode ||= signal === stopping ? 0 : (code ?? 1);
      } else {
        // The worker has already said why it can't start.
        process.exitCode = code || 1;
        stop("SIGTERM");
      }
    });
  }

  function stop(signal: NodeJS.Signals): void {
    stopping = signal;
    signalWorkers(signal);
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => stop(signal));
  }
  for (let forked = 0; forked < count; forked++) {
    fork();
  }
}

/** Sends a signal to all workers. */
export function signalWorkers(signal: NodeJS.Signals): void {
  for (const worker of Object.values(cluster.workers ?? {})) {
    worker?.process.kill(signal);
  }
}

/** Tells the primary process that this process serves, if it is a worker. */
export function tellServing(): void {
  cluster.worker?.send(SERVES);
}
