import { Worker } from "node:worker_threads";
import { StartError } from "../../errors.ts";
import { shareReads } from "../shared-reads.ts";
import { StoreUnavailableError, type StreakStore } from "../streak-store.ts";
import { rememberUsers } from "./known-users.ts";
import type { Reply, Request, ThreadMethods } from "./thread.ts";

/**
 * Opens the store that needs nothing beside it: one SQLite file in a folder that this process holds alone until `close`.
 *
 * Node's SQLite holds up the thread that calls it. So it runs in a thread of its own, and requests are read and answered
 * while it writes a batch and waits for the disk.
 *
 * @throws StartError when the folder can't be used; its message says how to mend that
 */
export async function openEmbeddedStore(dataDir: string): Promise<StreakStore> {
  const { call, closed } = await startThread(dataDir);
  // A message costs more than the read that it asks for.
  const readStreak = shareReads((asked: Parameters<ThreadMethods["readStreaks"]>[0]) => call("readStreaks", asked));
  return rememberUsers({
    createProject: (project) => call("createProject", project),
    readProject: (siteKey) => call("readProject", siteKey),
    listProjects: (after, limit) => call("listProjects", after, limit),
    updateProject: (siteKey, change) => call("updateProject", siteKey, change),
    deleteProject: (siteKey) => call("deleteProject", siteKey),
    resolveUsers: (users) => call("resolveUsers", users),
    record: (events, now) => call("record", events, now),
    readStreak: (user, event) => readStreak([user, event]),
    linkUser: (projectId, anonymousId, userHash) => call("linkUser", projectId, anonymousId, userHash),
    readSetting: (name) => call("readSetting", name),
    claimSetting: (name, value) => call("claimSetting", name, value),
    async close() {
      await call("close");
      await closed;
    },
  });
}

interface Thread {
  /** Has the thread call a method of its store. */
  call<Name extends keyof ThreadMethods>(
    method: Name,
    ...args: Parameters<ThreadMethods[Name]>
  ): ReturnType<ThreadMethods[Name]>;
  /** Resolves when the thread has ended. */
  readonly closed: Promise<void>;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

async function startThread(dataDir: string): Promise<Thread> {
  const worker = new Worker(new URL("thread.ts", import.meta.url), {
    workerData: dataDir,
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let isOver = false;
  worker.on("message", (reply: Reply) => {
    const { resolve, reject } = waiting.get(reply.id) as Waiting;
    waiting.delete(reply.id);
    "kind" in reply ? reject(errorOf(reply)) : resolve(reply.result);
  });
  const closed = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      isOver = true;
      for (const { reject } of waiting.values()) {
        reject(gone());
      }
      resolve();
    });
  });
  await new Promise((resolve, reject) => waiting.set(0, { resolve, reject }));
  return {
    closed,
    call(method, ...args) {
      const answer = new Promise((resolve, reject) => {
        if (isOver) {
          reject(gone());
          return;
        }
        asked += 1;
        waiting.set(asked, { resolve, reject });
        worker.postMessage({ id: asked, method, args } satisfies Request);
      });
      return answer as ReturnType<ThreadMethods[typeof method]>;
    },
  };
}

function gone(): StoreUnavailableError {
  return new StoreUnavailableError({ cause: new Error("The embedded database was closed.") });
}

function errorOf({ error, kind }: Extract<Reply, { kind: unknown }>): unknown {
  const { message, cause } = error as Error;
  switch (kind) {
    case "unavailable":
      return new StoreUnavailableError({ cause });
    case "start":
      return new StartError(message, { cause });
    default:
      return error;
  }
}
