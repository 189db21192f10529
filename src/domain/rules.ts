/** How a widget's days add up to a streak. */
export interface Rules {
  /**
   * `continuous`: a day missed starts again from zero.
   * `cumulative`: every day done counts, and the count never falls.
   */
  readonly mode: "continuous" | "cumulative";
}
