import { parentPort, workerData } from "node:worker_threads";
import { StartError } from "../../errors.ts";
import { StoreUnavailableError, type StreakRecord } from "../streak-store.ts";
import { takeDataFolder } from "./folder.ts";
import { createSqliteStore, type SqliteStore } from "./store.ts";

/** What the thread does: the methods of the store, of which streaks are read many at a time. */
export interface ThreadMethods extends Omit<SqliteStore, "readStreak"> {
  readStreaks(asked: readonly Parameters<SqliteStore["readStreak"]>[]): Promise<StreakRecord[]>;
}

/** What the thread is told to do. */
export interface Request {
  readonly id: number;
  readonly method: keyof ThreadMethods;
  readonly args: readonly unknown[];
}

/** How it went. The first reply, with the id 0, is about the opening of the store. */
export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: unknown; readonly kind: "start" | "unavailable" | "other" };

/** An error crosses threads without its class. */
function failure(id: number, error: unknown): Reply {
  const kind = error instanceof StoreUnavailableError ? "unavailable" : error instanceof StartError ? "start" : "other";
  return { id, error, kind };
}

/** Serves the store of a folder to the thread that started this one, until the store is closed. */
async function main(port: NonNullable<typeof parentPort>): Promise<void> {
  const reply = (message: Reply) => port.postMessage(message);
  const store = createSqliteStore(await takeDataFolder(workerData));
  const methods: ThreadMethods = {
    ...store,
    readStreaks: (asked) => Promise.all(asked.map(([user, event]) => store.readStreak(user, event))),
  };
  port.on("message", ({ id, method, args }: Request) => {
    const call = methods[method] as (...args: readonly unknown[]) => Promise<unknown>;
    call(...args)
      .then(
        (result) => reply({ id, result }),
        (error: unknown) => reply(failure(id, error)),
      )
      .finally(() => {
        if (method === "close") {
          port.close();
        }
      });
  });
  reply({ id: 0, result: undefined });
}

if (parentPort !== null) {
  const port = parentPort;
  main(port).catch((error: unknown) => port.postMessage(failure(0, error)));
}
