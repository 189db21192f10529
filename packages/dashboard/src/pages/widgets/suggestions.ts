import type { Mode } from "./modes.ts";

/** A widget to begin with. */
export interface Suggestion {
  readonly event: string;
  readonly mode: Mode;
  /** What it is for. */
  readonly about: string;
}

/** Widgets to begin with: the most usual first. */
export const SUGGESTIONS: readonly Suggestion[] = [
  {
    event: "visit",
    mode: "continuous",
    about: "Days in a row on which somebody comes. The widget records it by itself.",
  },
  { event: "lesson_done", mode: "continuous", about: "Days in a row on which a lesson is finished." },
  { event: "workout", mode: "cumulative", about: "All days with a workout. Days of rest do no harm." },
];

/** The milestones of a suggested widget: the number of days, and what the visitor is told. */
export const SUGGESTED_MILESTONES = [
  { target: 3, msg: "3 days: a good start!" },
  { target: 7, msg: "A whole week!" },
  { target: 30, msg: "30 days: it has become a habit." },
] as const;
