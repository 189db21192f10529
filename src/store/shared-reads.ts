import { gather } from "./gather.ts";

/** The most reads that one query does. */
const MAX_SHARED = 500;

interface Reader<Asked, Answer> {
  readonly asked: Asked;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes one read of many, as events share commits: what is asked while a query is under way is asked together in the next.
 * A lone read waits for microseconds at most, and a loaded server does one round trip for many.
 *
 * @param readAll answers all that is asked, in the same order
 * @param gatherTurns how many turns of the event loop a query waits for others to be asked with it
 */
export function shareReads<Asked, Answer>(
  readAll: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
  gatherTurns = 0,
): (asked: Asked) => Promise<Answer> {
  let waiting: Reader<Asked, Answer>[] = [];
  let isReading = false;

  async function run(): Promise<void> {
    isReading = true;
    while (waiting.length > 0) {
      if (gatherTurns > 0) {
        await gather(gatherTurns, () => waiting.length);
      }
      const readers = waiting.slice(0, MAX_SHARED);
      waiting = waiting.slice(MAX_SHARED);
      try {
        const answers = await readAll(readers.map(({ asked }) => asked));
        for (const [index, { resolve }] of readers.entries()) {
          resolve(answers[index] as Answer);
        }
      } catch (error) {
        for (const { reject } of readers) {
          reject(error);
        }
      }
    }
    isReading = false;
  }

  return (asked) =>
    new Promise((resolve, reject) => {
      waiting.push({ asked, resolve, reject });
      if (!isReading) {
        void run();
      }
    });
}
