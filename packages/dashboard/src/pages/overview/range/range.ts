import { MAX_DAYS } from "#src/domain/analytics/bounds.ts";
import { addDays, daysBetween, isDate } from "../../../dates.ts";

/** The ranges of days to choose from. */
export const SPANS = ["7d", "30d", "90d", "1y", "own"] as const;

/** A range of days: the last so many, or one's own. */
export type Span = (typeof SPANS)[number];

/** How days are put together. */
export const STEPS = ["day", "week", "month"] as const;

/** How days are put together. */
export type Step = (typeof STEPS)[number];

/** What the charts of the overview show, as it is in the address. */
export interface Range {
  readonly span: Span;
  /** The first and the last day of one's own range, such as `2026-11-28`; empty until they are chosen. */
  readonly from: string;
  readonly to: string;
  readonly step: Step;
  /** The event; empty for all. */
  readonly event: string;
}

/** The days to ask for. Both are left out where the server's own choice is the range: the last 30 days. */
export interface Days {
  readonly from?: string;
  readonly to?: string;
}

const LENGTHS: Readonly<Record<Exclude<Span, "own">, number>> = { "7d": 7, "30d": 30, "90d": 90, "1y": 365 };

/** Reads the range of an address. What is missing or has no meaning is the default: 30 days, by day, all events. */
export function readRange(search: URLSearchParams): Range {
  const span = SPANS.find((each) => each === search.get("range")) ?? "30d";
  return {
    span,
    from: dateOf(search.get("from")),
    to: dateOf(search.get("to")),
    step: STEPS.find((each) => each === search.get("by")) ?? stepOf(span),
    event: search.get("event") ?? "",
  };
}

/** Returns what an address has to have for a range. Defaults are left out, so that addresses stay short. */
export function writeRange({ span, from, to, step, event }: Range): Record<string, string> {
  return {
    ...(span !== "30d" && { range: span }),
    ...(span === "own" && from !== "" && { from }),
    ...(span === "own" && to !== "" && { to }),
    ...(step !== stepOf(span) && { by: step }),
    ...(event !== "" && { event }),
  };
}

/** How days are put together where nothing else is chosen: so that a chart has some 30 to 90 columns. */
export function stepOf(span: Span): Step {
  return span === "1y" ? "week" : "day";
}

/** What is wrong with one's own range; undefined when nothing is, or it is not chosen yet. */
export function problemOfRange({ span, from, to }: Range): string | undefined {
  if (span !== "own" || from === "" || to === "") {
    return undefined;
  }
  const days = daysBetween(from, to);
  if (days < 0) {
    return "The last day must not be before the first.";
  }
  return days > MAX_DAYS ? `At most ${MAX_DAYS.toLocaleString()} days can be shown at once.` : undefined;
}

/**
 * Returns the days to ask for.
 *
 * @param today the present day of the project
 * @returns undefined when they can't be told yet: today is not known, or one's own range is not chosen or wrong
 */
export function daysOf(range: Range, today: string | undefined): Days | undefined {
  if (range.span === "30d") {
    return {};
  }
  if (range.span === "own") {
    const isChosen = range.from !== "" && range.to !== "" && problemOfRange(range) === undefined;
    return isChosen ? { from: range.from, to: range.to } : undefined;
  }
  return today === undefined ? undefined : { from: addDays(today, 1 - LENGTHS[range.span]), to: today };
}

function dateOf(text: string | null): string {
  return text !== null && isDate(text) ? text : "";
}
