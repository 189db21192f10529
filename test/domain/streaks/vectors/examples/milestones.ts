import {
  change,
  frozen,
  GIFT,
  lenient,
  repairable,
  section,
  sevenAWeek,
  threeAWeek,
  threeInFour,
  workdays,
} from "../sections.ts";
import type { VectorGiven } from "../vector.ts";

/** The same targets, awarded in each run and once. */
function both(target: number, repeats?: true): NonNullable<VectorGiven["milestones"]> {
  return [
    { target, scope: "run", ...(repeats && { repeats }) },
    { target, scope: "ever", ...(repeats && { repeats }) },
  ];
}

export const milestones: readonly VectorGiven[] = section("Milestones", [
  ["Awarded on the day on which the target is reached", "x x x x", { milestones: both(3) }],
  ["Not awarded before", "x x", { milestones: both(3) }],
  ["A run that breaks loses its awards of run, and keeps those of ever", "x x x · x", { milestones: both(3) }],
  ["Without a run, there is no award of run", "x x x · ·", { milestones: both(3) }],
  ["The next run is awarded anew; ever stays with the first", "x x x · x x x x", { milestones: both(3) }],
  ["Repeats: at each multiple", "x x x x x x x", { milestones: both(3, true) }],
  ["Repeats: the first run has got as far as no other one", "x x x x x · x x", { milestones: both(2, true) }],
  [
    "Repeats, ever: a longer run goes on where the longest one was",
    "x x x x · x x x x x x",
    { milestones: both(2, true) },
  ],
  ["Today counts as soon as it is done", "x x |x", { milestones: both(3) }],
  ["Days after today make no award", "x x |· x x", { milestones: both(3) }],
  ["Several milestones of one widget", "x x x x x", { milestones: [...both(2), ...both(5), ...both(6)] }],
  [
    "A day off counts, and is awarded, when the run goes on",
    "x x x x x x ·   x",
    { rules: workdays, milestones: both(6) },
  ],
  ["A covered day awards nothing", "x x · x", { rules: frozen({}), grants: [GIFT], milestones: both(3) }],
  [
    "A covered day that lengthens the run: two multiples on one day",
    "x x · x",
    { rules: frozen({ lengthenRun: true }), grants: [GIFT], milestones: both(1, true) },
  ],
  [
    "Weeks: on the day on which the week is kept",
    "x x x · · · ·   · x x · x",
    { rules: threeAWeek, milestones: both(2) },
  ],
  [
    "An event that comes later makes the day of an award an earlier one",
    "x x x x x",
    { isBackwards: true, milestones: both(4) },
  ],
  [
    "A run that is repaired keeps the days of its awards",
    "x x x · xr x",
    { rules: repairable({ withinDays: 3 }), milestones: both(3) },
  ],
  [
    "A repair can reach a target: on the day of the repair",
    "x x · x · ·r",
    { rules: repairable({ withinDays: 5 }), withinDays: 5, milestones: both(3) },
  ],
  ["A repair never awards again", "x x x · xr x x", { rules: repairable({ withinDays: 3 }), milestones: both(3) }],
  [
    "An older run that was shown awards nothing to the run that began in its excused week",
    "x x x x x x x   x x x x x x x   · · · · · · x   · · · · · · ·   ·",
    { rules: lenient(sevenAWeek), milestones: both(2) },
  ],
  [
    "An older run that was shown awards nothing to the run that began in its last window",
    "x x x x · · x x",
    { rules: threeInFour, milestones: both(4) },
  ],
  [
    "A change of the rules: what is counted is added",
    "x x x x x x x   x x x",
    { rules: change({}, "2026-01-12", threeAWeek), milestones: both(8) },
  ],
  [
    "A day that a late event fills is the day of the award",
    "x x · l",
    { rules: { graceMinutes: 120 }, milestones: both(3) },
  ],
  [
    "On a journey, bridged days award nothing",
    "x x · xA",
    { homeZone: "Pacific/Honolulu", zone: "Pacific/Auckland", milestones: both(3) },
  ],
  ["Cumulative: run and ever are the same", "x · x · x", { mode: "cumulative", milestones: both(2, true) }],
]);
