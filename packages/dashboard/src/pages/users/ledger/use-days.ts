import { useState } from "react";
import { addDays, isDate } from "../../../dates.ts";
import { formatDay } from "../../../format.ts";

/** The first and the last day of a change as they are typed. */
export interface Days {
  readonly from: string;
  /** Empty when there is no last day. */
  readonly to: string;
  readonly setFrom: (from: string) => void;
  readonly setTo: (to: string) => void;
  /** What is wrong with the last day; undefined when nothing is. */
  readonly problem: string | undefined;
  /** The days as they are sent; undefined while they are not whole. */
  readonly read: { readonly from: string; readonly to?: string } | undefined;
}

/**
 * Keeps the days that a change is about: at first from today on.
 *
 * @param maxDays how many days there may be at most; as many as one likes when not given
 */
export function useDays(today: string, maxDays?: number): Days {
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState("");
  const problem = problemOfDays(from, to, maxDays);
  const isWhole = isDate(from) && (to === "" || isDate(to)) && problem === undefined;
  const read = isWhole ? { from, ...(to !== "" && { to }) } : undefined;
  return { from, to, setFrom, setTo, problem, read };
}

/** Returns what is wrong with the last day, as far as both days are typed; undefined when nothing is. */
export function problemOfDays(from: string, to: string, maxDays: number | undefined): string | undefined {
  if (!isDate(from) || !isDate(to)) {
    return undefined;
  }
  if (to < from) {
    return "It is before the first day.";
  }
  const last = maxDays === undefined ? to : addDays(from, maxDays - 1);
  return to > last ? `At most ${maxDays} days: ${formatDay(last)} or earlier.` : undefined;
}
