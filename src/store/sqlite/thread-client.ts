import { Worker } from "node:worker_threads";
import { StartError } from "../../errors.ts";
import { makePorts, type PortMethod } from "../port-methods.ts";
import type { StoreLog } from "../stores.ts";
import { StoreUnavailableError } from "../unavailable.ts";
import type { SqliteStores } from "./ports.ts";
import type { Message, Request, ThreadPorts } from "./thread.ts";

/** Hides the warning that `node:sqlite` is experimental: users can do nothing about it. */
const QUIET = "--disable-warning=ExperimentalWarning";

interface Caller {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Starts a thread that opens the store of a data folder, and returns the ports that it serves: each method sends a
 * message, and resolves with the thread's answer.
 *
 * @throws StartError when the folder can't be used
 */
export async function startThread(dataDir: string, log: StoreLog): Promise<SqliteStores> {
  const worker = new Worker(new URL("thread.ts", import.meta.url), {
    workerData: dataDir,
    // Otherwise inherits all flags of the process.
    ...(!process.execArgv.includes(QUIET) && { execArgv: [QUIET] }),
  });
  const callers = new Map<number, Caller>();
  let calls = 0;
  let hasEnded = false;

  function call(request: { port: string; method: string; args: readonly unknown[] } | { port: "close" }) {
    return new Promise<unknown>((resolve, reject) => {
      if (hasEnded) {
        reject(closed());
        return;
      }
      calls += 1;
      callers.set(calls, { resolve, reject });
      worker.postMessage({ id: calls, ...request } satisfies Request);
    });
  }

  function methodOf(port: string, method: string): PortMethod {
    return (...args) => call({ port, method, args });
  }

  const ended = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      hasEnded = true;
      for (const { reject } of callers.values()) {
        reject(closed());
      }
      resolve();
    });
  });

  const opened = new Promise<ThreadPorts>((resolve, reject) => {
    // Once it is open, an error that nobody has caught ends the process, as in any thread.
    const onFailedStart = (error: Error) => reject(cantStart(error));
    worker.once("error", onFailedStart);
    const settle = (id: number): Caller => {
      const caller = callers.get(id) as Caller;
      callers.delete(id);
      return caller;
    };
    worker.on("message", (message: Message) => {
      switch (message.kind) {
        case "result":
          settle(message.id).resolve(message.result);
          break;
        case "failure":
          settle(message.id).reject(errorOf(message));
          break;
        case "log":
          log[message.level](message.details, message.message);
          break;
        case "open":
          worker.off("error", onFailedStart);
          resolve(makePorts(message.names, methodOf));
          break;
        case "refused":
          reject(refusalOf(message));
      }
    });
    void ended.then(() => reject(closed()));
  });

  return {
    ...(await opened),
    async close() {
      await call({ port: "close" });
      await ended;
    },
  };
}

/** A process that is out of file descriptors can't have threads. Any other reason is ours. */
function cantStart(error: Error): Error {
  return "code" in error && error.code === "ERR_WORKER_INIT_FAILED"
    ? new StartError(
        `The embedded database can't start (${error.message}). Let the process have more file descriptors: ulimit -n, or LimitNOFILE of systemd.`,
        { cause: error },
      )
    : error;
}

function closed(): StoreUnavailableError {
  return new StoreUnavailableError({ cause: new Error("The embedded database was closed.") });
}

function errorOf({ error, unavailable }: Extract<Message, { kind: "failure" }>): unknown {
  return unavailable === undefined ? error : new StoreUnavailableError(unavailable);
}

function refusalOf({ error, isForOperator }: Extract<Message, { kind: "refused" }>): unknown {
  const { message, cause } = error as Error;
  return isForOperator ? new StartError(message, { cause }) : error;
}
