import type { MongoClient } from "mongodb";

/** How often stuck operations are looked for, in milliseconds. */
const INTERVAL_MS = 500;

/**
 * The parts of the driver's insides that are read here. The driver does not promise them, so any of them may be
 * missing.
 */
interface Insides {
  readonly topology?: {
    readonly s?: {
      readonly servers?: ReadonlyMap<string, { readonly pool?: { readonly checkedOut?: Iterable<Busy> } }>;
    };
  };
}

/** A connection that an operation is using. */
interface Busy {
  readonly closed?: boolean;
  readonly error?: Error | null;
  readonly socket?: { listenerCount(event: "error"): number; emit(event: "error", error: Error): unknown };
}

/**
 * Ends stuck operations, which the driver has forgotten. When a connection breaks just before or while a command is
 * written to it, the driver (7.9) waits without a limit for the socket to drain or to emit an error; but a closed
 * socket does neither. The operation would never end, and all events behind it would wait.
 *
 * So this looks for such sockets, and emits the error that their connections hold. Remove it when a driver fails such
 * operations by itself: test/store/mongo/stuck-operations.test.ts then passes without it.
 */
export function endStuckOperations(client: MongoClient): void {
  const timer = setInterval(() => {
    for (const { closed, error, socket } of busyConnections(client)) {
      if (closed && error && socket && socket.listenerCount("error") > 0) {
        socket.emit("error", error);
      }
    }
  }, INTERVAL_MS).unref();
  client.once("topologyClosed", () => clearInterval(timer));
}

function busyConnections(client: MongoClient): readonly Busy[] {
  const servers = (client as unknown as Insides).topology?.s?.servers?.values() ?? [];
  return [...servers].flatMap(({ pool }) => [...(pool?.checkedOut ?? [])]);
}
