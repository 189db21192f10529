import type { RulesJson } from "../contract.ts";
import type { Drawing } from "../draw.ts";
import { change, everyDay, section } from "../sections.ts";
import type { VectorGiven } from "../vector.ts";

const ACTIONS: RulesJson = { cadence: { kind: "every_day" }, counts: "actions" };
const DAYS: RulesJson = { ...ACTIONS, counts: "days" };
const WEEKS: RulesJson = { cadence: { kind: "days_a_week", days: 3 }, counts: "actions" };

/** An example of a cumulative streak, which counts actions where it says nothing else. */
function cumulative(drawing: Drawing = {}): Drawing {
  return { mode: "cumulative", rules: ACTIONS, ...drawing };
}

export const actions: readonly VectorGiven[] = section("Actions", [
  ["Each action counts", "x3 · x x2", cumulative()],
  ["The same days, where days count", "x3 · x x2", cumulative({ rules: DAYS })],
  ["Where nothing is said, days count", "x3 · x x2", cumulative({ rules: everyDay })],
  ["A done day counts at least 1", "x · x ·", cumulative()],
  ["Without a done day, everything is 0", "· · ·", cumulative()],
  ["Today counts with all that it has so far", "x2 x |x5", cumulative()],
  ["Days after today count with their actions too", "x2 |· x4 x", cumulative({ to: "2026-01-08" })],
  ["What lies before the explained days is counted in actions, too", "x3 · x x2 x", cumulative({ from: "2026-01-08" })],
  ["An explanation can begin on the day of several actions", "x3 · x x2 x", cumulative({ from: "2026-01-05" })],
  ["The order of the events does not matter", "x3 · x x2", cumulative({ isBackwards: true })],
  ["Actions add up over months and years", "x2 x3 · x2 x2", cumulative({ first: "2025-12-30" })],
  [
    "A cadence, days off and never miss twice decide nothing",
    "x3 · · · · x2 x",
    {
      ...cumulative(),
      rules: { ...WEEKS, neverMissTwice: true, daysOff: { weekdays: ["saturday", "sunday"] } },
    },
  ],
  ["Late events count for their own day", "x2 · l x3", cumulative({ rules: { ...ACTIONS, graceMinutes: 120 } })],
  ["A day counts its actions of all zones", "x2 x3xT ·", cumulative({ homeZone: "Pacific/Honolulu" })],
  ["From a day on, actions count", "x x x3 x2", cumulative({ rules: change(DAYS, "2026-01-07", ACTIONS) })],
  [
    "A change from tomorrow on: today has the unit of today",
    "x x |x x3",
    {
      ...cumulative({ rules: change(DAYS, "2026-01-08", ACTIONS) }),
      to: "2026-01-08",
    },
  ],
  [
    "From a day on, days count: what was counted stays",
    "x3 x2 x x",
    cumulative({ rules: change(ACTIONS, "2026-01-07", DAYS) }),
  ],
  [
    "Actions, then days, then actions again",
    "x3 x2 x x x2 x4",
    cumulative({
      rules: [{ rules: ACTIONS }, { from: "2026-01-07", rules: DAYS }, { from: "2026-01-09", rules: ACTIONS }],
    }),
  ],
  [
    "A change never waits for the end of a week",
    "x2 x x3 x2",
    cumulative({ rules: change({ ...WEEKS, counts: "days" }, "2026-01-07", WEEKS) }),
  ],
  [
    "An action stays one when its day counts days since then",
    "x2 x3 x",
    cumulative({ rules: change(ACTIONS, "2026-01-06", DAYS) }),
  ],
  [
    "Milestones: the day on which the actions reach the target",
    "x3 · x x2",
    cumulative({
      milestones: [
        { target: 3, scope: "run" },
        { target: 4, scope: "ever" },
        { target: 6, scope: "run" },
        { target: 7, scope: "ever" },
      ],
    }),
  ],
  [
    "Milestones: one day can reach several multiples",
    "x2 · x5 x",
    cumulative({
      milestones: [
        { target: 2, scope: "run", repeats: true },
        { target: 4, scope: "ever", repeats: true },
      ],
    }),
  ],
  [
    "Milestones: actions of days after today award nothing yet",
    "x2 |· x9",
    cumulative({ milestones: [{ target: 3, scope: "ever" }] }),
  ],
  [
    "A continuous streak counts days, whatever was counted before",
    "x3 x2 · x x4",
    { rules: change(DAYS, "2026-01-07", ACTIONS) },
  ],
]);
