import { setImmediate as turn } from "node:timers/promises";
import { MongoNetworkError } from "mongodb";
import type { Connection } from "#src/store/mongo/connection.ts";

/** What becomes of a command: it is done, or the connection is lost before the server does it, or after. */
export type Fate = "done" | "lost before" | "lost after";

/** Which of the commands that wait is next, counted round and round, and what becomes of it. */
export interface Choice {
  readonly which: number;
  readonly fate: Fate;
}

/** How many turns of the event loop a caller may need to send its next command, which it may share with others. */
const TURNS_TO_THE_NEXT = 10;

/** Has a connection's commands on users and events done by `send`. */
export function interceptCommands(
  { streaks, events }: Connection,
  send: <Result>(command: () => Promise<Result>) => Promise<Result>,
): void {
  for (const collection of [streaks, events] as unknown as Record<string, (...args: unknown[]) => unknown>[]) {
    for (const method of ["updateOne", "updateMany", "bulkWrite", "insertMany", "deleteMany", "findOne"]) {
      const command = collection[method]?.bind(collection) as (...args: unknown[]) => Promise<unknown>;
      collection[method] = (...args) => send(() => command(...args));
    }
    for (const method of ["find", "aggregate"]) {
      const find = collection[method]?.bind(collection) as (...args: unknown[]) => { toArray(): Promise<unknown> };
      collection[method] = (...args) => {
        const cursor = find(...args);
        const toArray = cursor.toArray.bind(cursor);
        cursor.toArray = () => send(toArray);
        return cursor;
      };
    }
  }
}

/** Has the commands of connections on users and events done one after the other, in an order that a test chooses. */
export class Turns {
  readonly #waiting: ((fate: Fate) => Promise<void>)[] = [];
  #isOn = false;

  /** Has a connection's commands wait for their turns while calls are done by {@link order}. */
  hold(connection: Connection): void {
    interceptCommands(connection, (send) => this.#wait(send));
  }

  /** Begins calls at once, and has their commands done as chosen; when no choice is left, in the order in which they come. */
  async order<Result>(calls: readonly (() => Promise<Result>)[], choices: Iterator<Choice>): Promise<Result[]> {
    this.#isOn = true;
    let isOver = false;
    const results = Promise.all(calls.map((call) => call())).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      for (let turns = 0; turns < TURNS_TO_THE_NEXT; turns++) {
        await turn();
      }
      if (this.#waiting.length > 0) {
        const { which, fate } = choices.next().value ?? { which: 0, fate: "done" };
        const [next] = this.#waiting.splice(which % this.#waiting.length, 1);
        await next?.(fate);
      }
    }
    this.#isOn = false;
    await Promise.all(this.#waiting.splice(0).map((send) => send("done")));
    return await results;
  }

  async #wait<Result>(send: () => Promise<Result>): Promise<Result> {
    if (!this.#isOn) {
      return await send();
    }
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.push(async (fate) => {
      const lost = new MongoNetworkError("The test has cut the connection.");
      if (fate === "lost before") {
        reject(lost);
        return;
      }
      await send().then((result) => (fate === "done" ? resolve(result) : reject(lost)), reject);
    });
    return await promise;
  }
}
