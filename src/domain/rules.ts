/** How a widget's days add up to a streak. */
export interface Rules {
  /**
   * - `continuous`: a missed day starts the streak again from zero.
   * - `cumulative`: every done day counts, and the count never falls.
   */
  readonly mode: "continuous" | "cumulative";
}
