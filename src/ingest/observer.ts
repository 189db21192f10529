/**
 * What became of an event that is durable:
 *
 * - `stored`: it is new.
 * - `repeat`: the store recognised a repeat, by its day or by its idempotency key.
 * - `cached`: the dedupe cache recognised a repeat before the store was asked.
 */
export type RecordedOutcome = "stored" | "repeat" | "cached";

/** Traces the work that the events of a batch share. */
export interface BatchTracer {
  /** Where the call that runs now stands in a trace; undefined when nothing records that. For `run` alone to read. */
  current(): unknown;
  /**
   * Runs the work for a batch.
   *
   * @param places where the call of each event stands in a trace
   */
  run<T>(name: "resolve" | "commit", places: readonly unknown[], work: () => Promise<T>): Promise<T>;
}

/** Is told what happens to events, to count it. The calls are on the path of every event: be quick, never throw. */
export interface IngestObserver {
  /** The store has taken a batch of so many events. */
  committed(events: number): void;
  /** So many events are durable, and their callers have their answers. */
  recorded(outcome: RecordedOutcome, events: number): void;
  /** The store can't take events, for this reason; `undefined` once it takes them again. Told at each attempt. */
  blocked(reason: Error | undefined): void;
}
