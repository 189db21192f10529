/**
 * A fast memory of what is stored already, which keeps repeats off the store. It is written only after the store's
 * commit and may forget at any time: that costs speed, never correctness. So neither `has` nor `add` ever rejects.
 */
export interface Seen {
  /** Whether each mark is known, in the same order. A mark that can't be looked up is answered as unknown. */
  has(marks: readonly string[]): Promise<boolean[]>;
  /** Remembers marks until each expires. */
  add(marks: readonly SeenMark[]): Promise<void>;
  close(): Promise<void>;
}

/** Something that is stored. */
export interface SeenMark {
  readonly mark: string;
  /** When to forget it, in epoch milliseconds. */
  readonly expiresAt: number;
}
