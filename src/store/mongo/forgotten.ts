import type { MongoClient } from "mongodb";

/** How often to look, in milliseconds. */
const PACE_MS = 500;

/** What is looked at of the driver's insides, which it does not promise: so any of it may be missing. */
interface Insides {
  readonly topology?: {
    readonly s?: {
      readonly servers?: ReadonlyMap<string, { readonly pool?: { readonly checkedOut?: Iterable<Busy> } }>;
    };
  };
}

/** A connection that an operation has. */
interface Busy {
  readonly closed?: boolean;
  readonly error?: Error | null;
  readonly socket?: { listenerCount(event: "error"): number; emit(event: "error", error: Error): unknown };
}

/**
 * Ends operations that the driver has forgotten. Where a connection breaks just before a command is written to it, or while
 * a long one is, the driver (7.9) waits for the socket to drain, or for an error of it, without a limit; but a socket that
 * is closed does neither. The operation would never end, and all events behind it would wait for it.
 *
 * So such sockets are looked for and told the error that their connections have. Remove this when a driver fails such
 * operations by itself: test/store/mongo-forgotten.test.ts then passes without it.
 */
export function endForgotten(client: MongoClient): void {
  const timer = setInterval(() => {
    for (const { closed, error, socket } of busyConnections(client)) {
      if (closed && error && socket && socket.listenerCount("error") > 0) {
        socket.emit("error", error);
      }
    }
  }, PACE_MS).unref();
  client.once("topologyClosed", () => clearInterval(timer));
}

function busyConnections(client: MongoClient): readonly Busy[] {
  const servers = (client as unknown as Insides).topology?.s?.servers?.values() ?? [];
  return [...servers].flatMap(({ pool }) => [...(pool?.checkedOut ?? [])]);
}
