import { coalesce } from "./coalesce.ts";

/** The most reads that one query does. */
const MAX_BATCH = 500;

interface Reader<Question, Result> {
  readonly question: Question;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Returns a read that shares queries, as events share commits: all reads that start while a query is running go
 * together in the next one. A lone read waits for microseconds at most, and a loaded server does one round trip for
 * many.
 *
 * @param readAll reads for all questions at once, and returns the results in the same order
 * @param turns how many turns of the event loop a query waits for more reads
 */
export function coalesceReads<Question, Result>(
  readAll: (questions: readonly Question[]) => Promise<readonly Result[]>,
  turns = 0,
): (question: Question) => Promise<Result> {
  let waiting: Reader<Question, Result>[] = [];
  let isReading = false;

  async function run(): Promise<void> {
    isReading = true;
    while (waiting.length > 0) {
      if (turns > 0) {
        await coalesce(turns, () => waiting.length);
      }
      const readers = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      try {
        const results = await readAll(readers.map(({ question }) => question));
        for (const [index, { resolve }] of readers.entries()) {
          resolve(results[index] as Result);
        }
      } catch (error) {
        for (const { reject } of readers) {
          reject(error);
        }
      }
    }
    isReading = false;
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (!isReading) {
        void run();
      }
    });
}
