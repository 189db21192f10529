import { parentPort, workerData } from "node:worker_threads";
import { StartError } from "../../errors.ts";
import { type MethodNames, methodNamesOf, type PortsOf } from "../port-methods.ts";
import type { StoreLog } from "../stores.ts";
import { StoreUnavailableError } from "../unavailable.ts";
import { takeDataFolder } from "./folder.ts";
import type { SqliteStores } from "./ports.ts";
import { createSqliteStores } from "./stores.ts";

/** The ports that the thread serves. */
export type ThreadPorts = PortsOf<SqliteStores>;

/** A call of a port's method, or the request to close the store. */
export type Request =
  | { readonly id: number; readonly port: string; readonly method: string; readonly args: readonly unknown[] }
  | { readonly id: number; readonly port: "close" };

/**
 * What the thread says: the result of a call, its failure, or a line for the log. Its first message is about the
 * opening.
 */
export type Message =
  | { readonly kind: "open"; readonly names: MethodNames }
  | { readonly kind: "refused"; readonly error: unknown; readonly isForOperator: boolean }
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly error: unknown; readonly unavailable?: Unavailable }
  | { readonly kind: "log"; readonly level: keyof StoreLog; readonly details: object; readonly message: string };

/** What the other thread needs to make a StoreUnavailableError again: an error crosses threads without its class. */
type Unavailable = ConstructorParameters<typeof StoreUnavailableError>[0];

/** Serves the store of a folder to the thread that started this one, until the store is closed. */
async function main(port: NonNullable<typeof parentPort>): Promise<void> {
  const send = (message: Message) => port.postMessage(message);
  const logAt = (level: keyof StoreLog) => (details: object, message: string) =>
    send({ kind: "log", level, details, message });
  const log: StoreLog = { info: logAt("info"), warn: logAt("warn") };

  let stores: SqliteStores;
  try {
    stores = createSqliteStores(await takeDataFolder(workerData, log), log);
  } catch (error) {
    // An error crosses threads without its class.
    send({ kind: "refused", error, isForOperator: error instanceof StartError });
    return;
  }
  const ports = stores as unknown as Readonly<
    Record<string, Readonly<Record<string, (...args: unknown[]) => unknown>>>
  >;

  port.on("message", async (request: Request) => {
    const { id } = request;
    try {
      const result =
        "method" in request ? await ports[request.port]?.[request.method]?.(...request.args) : await stores.close();
      send({ kind: "result", id, result });
    } catch (error) {
      const isUnavailable = error instanceof StoreUnavailableError;
      const unavailable = isUnavailable ? { cause: error.cause, isDiskFull: error.isDiskFull } : undefined;
      send({ kind: "failure", id, error, ...(unavailable && { unavailable }) });
    }
    if (request.port === "close") {
      port.close();
    }
  });
  send({ kind: "open", names: methodNamesOf(stores) });
}

if (parentPort !== null) {
  void main(parentPort);
}
