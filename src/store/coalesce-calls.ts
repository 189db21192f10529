import { coalesce } from "./coalesce.ts";

/** The most calls that share one. */
const MAX_BATCH = 500;

interface Caller<Argument, Result> {
  readonly argument: Argument;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Returns a function whose calls go to the store together, as events share commits: all that start while a call of the
 * store is running share the next one. A lone call waits for microseconds at most, and a loaded server does one round
 * trip for many.
 *
 * @param callAll calls the store for all arguments at once, and returns the results in the same order
 * @param turns how many turns of the event loop a call of the store waits for more
 */
export function coalesceCalls<Argument, Result>(
  callAll: (args: readonly Argument[]) => Promise<readonly Result[]>,
  turns = 0,
): (argument: Argument) => Promise<Result> {
  let waiting: Caller<Argument, Result>[] = [];
  let isCalling = false;

  async function run(): Promise<void> {
    isCalling = true;
    while (waiting.length > 0) {
      if (turns > 0) {
        await coalesce(turns, () => waiting.length);
      }
      const callers = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      try {
        const results = await callAll(callers.map(({ argument }) => argument));
        for (const [index, { resolve }] of callers.entries()) {
          resolve(results[index] as Result);
        }
      } catch (error) {
        for (const { reject } of callers) {
          reject(error);
        }
      }
    }
    isCalling = false;
  }

  return (argument) =>
    new Promise((resolve, reject) => {
      waiting.push({ argument, resolve, reject });
      if (!isCalling) {
        void run();
      }
    });
}
