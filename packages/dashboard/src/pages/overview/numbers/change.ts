/** How a number has changed since another day. */
export interface Change {
  readonly direction: "up" | "down" | "same";
  /** By what part of the earlier number; undefined when that was 0. */
  readonly part: number | undefined;
  readonly by: number;
}

/** Compares a number with an earlier one. */
export function changeOf(now: number, before: number): Change {
  const by = now - before;
  return {
    direction: by > 0 ? "up" : by < 0 ? "down" : "same",
    part: before === 0 ? undefined : Math.abs(by) / before,
    by: Math.abs(by),
  };
}
