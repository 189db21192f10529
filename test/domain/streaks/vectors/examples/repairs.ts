import type { RulesJson } from "../contract.ts";
import {
  change,
  everyDay,
  everyThree,
  frozen,
  GIFT,
  lenient,
  off,
  repairable,
  section,
  sevenAWeek,
  tenAMonth,
  threeAWeek,
  twoInFour,
  workdays,
} from "../sections.ts";
import type { VectorGiven } from "../vector.ts";

const three: RulesJson = repairable({ withinDays: 3 });
const forAFreeze: RulesJson = frozen({}, repairable({ withinDays: 3, price: "freeze" }));
const forTwoDays: RulesJson = repairable({ withinDays: 5, price: "days", days: 2 });
const twoGifts = { from: "2026-01-05", count: 2 };

/** A week, and then reach enough for the run that ended with it. */
const weekly = (rules: RulesJson): RulesJson => repairable({ withinDays: 7 }, rules);

export const repairs: readonly VectorGiven[] = section("Repairs", [
  // What a repair does.
  ["A run that has ended goes on: before the repair", "x x x · · x", { rules: three }],
  ["A run that has ended goes on: on the day of the repair", "x x x · · xr", { rules: three }],
  ["On the next day it is pending", "x x x · · xr ·", { rules: three }],
  ["A miss after the repair ends it", "x x x · · xr · ·", { rules: three }],
  ["It goes on with every day after the repair", "x x x · · xr x x", { rules: three }],
  [
    "A run that has ended on the day before can be repaired, one that has ended today can't",
    "x x ·r · ·",
    { rules: three },
  ],
  ["A run that has ended withinDays days before is in reach", "x · · · xr x", { rules: three }],
  ["A run that has ended a day before that is not", "x · · · · xr x", { rules: three }],
  ["withinDays is that of the repair, whatever the rules say", "x · · · · xr x", { rules: three, withinDays: 4 }],
  ["All runs that have ended in reach are joined", "x x · x · xr x", { rules: three }],
  ["Of two runs, the one that ended too early is not joined", "x x · x · xr x", { rules: three, withinDays: 2 }],
  [
    "It counts what all of them have counted, with the run up to today",
    "x x · x x x xr",
    { rules: repairable({ withinDays: 7 }), withinDays: 7 },
  ],
  ["Without a run up to today, the run is alive all the same", "x x x · · ·r", { rules: three }],
  ["Nothing is asked on the day of the repair", "x x x · · ·r x", { rules: three }],
  ["The day after it is asked for", "x x x · · ·r · x", { rules: three }],
  ["The day of the repair counts when it is done", "x x x · xr", { rules: three }],
  ["The state of the day before the repair does not know it", "x x x · |· ·r x", { rules: three, to: "2026-01-11" }],
  ["Days after today: a repair that is still to come counts for best", "x x · |· xr x", { rules: three }],
  [
    "A repair that is taken back was never there",
    "x x x · · x",
    { rules: repairable({ withinDays: 3, onceInDays: 10 }) },
  ],
  [
    "A day off that has waited when its run ended does not count",
    "x x x x x x ·   · xr x",
    { rules: repairable({ withinDays: 3 }, workdays) },
  ],
  [
    "A done day off that waits at the end of the run up to today counts when it goes on",
    "· x x · x x ·   xr",
    { rules: repairable({ withinDays: 5 }, workdays), withinDays: 5 },
  ],
  [
    "A day off between the runs does not count",
    "x x x · · x ·   xr",
    { rules: repairable({ withinDays: 5 }, workdays), withinDays: 5 },
  ],
  [
    "A day off that is done on the day of the repair waits",
    "x x x x · xr ·   x",
    { rules: repairable({ withinDays: 3 }, workdays) },
  ],
  ["A late day makes a repair needless: it only asks nothing on its day", "x x x x x ·r x", { rules: three }],
  ["A repair that joins nothing begins a new gap", "x · x · ·r · x", { rules: lenient(three) }],
  ["A repair without any run does nothing", "· · ·r x", { rules: three }],
  ["A repair holds though the rules have no repairs any more", "x x x · ·r x", { rules: everyDay }],
  [
    "Several repairs on one day: the first that was made joins, and the others do nothing",
    "x · x · · ·r x",
    {
      rules: three,
      repairs: [
        { on: "2026-01-10", withinDays: 2 },
        { on: "2026-01-10", withinDays: 6 },
      ],
    },
  ],
  [
    "Several repairs on one day: when the first joins nothing, the others do nothing all the same",
    "x x · · ·r ·",
    {
      rules: three,
      repairs: [
        { on: "2026-01-09", withinDays: 1 },
        { on: "2026-01-09", withinDays: 3 },
      ],
    },
  ],
  ["A run can be repaired again", "x x · ·r x · ·r x", { rules: three }],
  [
    "A run that was joined is not joined again",
    "x x · xr x · xr",
    { rules: repairable({ withinDays: 6 }), withinDays: 6 },
  ],
  ["Two repairs on days in a row", "x x · ·r ·r x", { rules: three }],
  // Never miss twice.
  ["Never miss twice: the run ends with the second miss", "x x · · · ·r", { rules: lenient(three) }],
  ["Never miss twice: the first miss of the gap is repaired, too", "x x · · xr", { rules: lenient(three) }],
  ["Never miss twice: a single miss is allowed again after the repair", "x x · · ·r · x", { rules: lenient(three) }],
  [
    "Never miss twice: a single miss is allowed again, also if there was a run up to the repair",
    "x · · x · ·r · x",
    { rules: repairable({ withinDays: 5 }, lenient({})), withinDays: 5 },
  ],
  ["Never miss twice: two misses after the repair end the run", "x x · · ·r · · x", { rules: lenient(three) }],
  [
    "Never miss twice: when the repaired run ends, a repair that has joined nothing makes no miss repaired",
    "x · · ·r · ·r · · ·",
    { rules: lenient(three) },
  ],
  // Freezes.
  [
    "The price is a freeze",
    "x x · ·r x",
    { rules: forAFreeze, grants: [{ from: "2026-01-08", count: 1 }], takesFreeze: true },
  ],
  [
    "The price: a freeze that is given back by the end of the run pays the repair",
    "x x · · ·r x",
    { rules: forAFreeze, grants: [GIFT], takesFreeze: true },
  ],
  [
    "The price: without a freeze, the repair holds all the same",
    "x x · ·r x",
    { rules: forAFreeze, takesFreeze: true },
  ],
  [
    "The price: a repair that has nothing to join takes none",
    "x x x x ·r x",
    { rules: forAFreeze, grants: [GIFT], takesFreeze: true },
  ],
  [
    "The price: a freeze whose last day is the day before the repair can be taken",
    "x x · ·r x",
    {
      rules: frozen({ maxInARow: 1 }, repairable({ withinDays: 3, price: "freeze" })),
      grants: [{ from: "2026-01-07", count: 2, to: "2026-01-07" }],
      optOuts: [{ from: "2026-01-05", out: true }],
      takesFreeze: true,
    },
  ],
  [
    "The price: a freeze that is granted on the day of the repair comes too late",
    "x x · ·r · x",
    { rules: forAFreeze, grants: [{ from: "2026-01-08", count: 1 }], takesFreeze: true },
  ],
  [
    "The price: the freeze that would cover first is taken first",
    "x x · · ·r · ·",
    {
      rules: forAFreeze,
      grants: [
        { from: "2026-01-08", count: 1 },
        { from: "2026-01-08", count: 1, to: "2026-01-10" },
      ],
      optOuts: [{ from: "2026-01-05", out: true }],
      takesFreeze: true,
    },
  ],
  [
    "The price: a freeze that is given back after its last day is lost",
    "x x x · · |·",
    { rules: forAFreeze, grants: [{ from: "2026-01-05", count: 1, to: "2026-01-08" }] },
  ],
  [
    "The price: a freeze that is given back on its last day can pay on the next one",
    "x x x · · |·",
    { rules: forAFreeze, grants: [{ from: "2026-01-05", count: 1, to: "2026-01-09" }] },
  ],
  [
    "The price is not given back when the repaired run ends",
    "x x · · ·r · · ·",
    { rules: forAFreeze, grants: [twoGifts], optOuts: [{ from: "2026-01-07", out: true }], takesFreeze: true },
  ],
  [
    "The price: a week pays before it earns",
    "x x x · · · ·   · · · · · · ·   x x xr",
    {
      rules: frozen({ earnEvery: 1, maxEarned: 1 }, repairable({ withinDays: 7, price: "freeze" }, threeAWeek)),
      withinDays: 7,
      takesFreeze: true,
      optOuts: [{ from: "2026-01-05", out: true }],
    },
  ],
  [
    "Freezes that cover after a repair: maxInARow is counted anew",
    "x · · xr · · x",
    {
      rules: frozen({ maxInARow: 1 }, three),
      grants: [{ from: "2026-01-05", count: 3 }],
    },
  ],
  [
    "A covered day that lengthens the run, and waits at the end of the run up to the repair, counts when it goes on",
    "x x · · x · ·r x",
    {
      rules: frozen({ lengthenRun: true }, repairable({ withinDays: 9 })),
      withinDays: 9,
      grants: [{ from: "2026-01-10", count: 1 }],
    },
  ],
  [
    "A covered day that lengthens the run, and has waited when its repaired run ended, does not count",
    "x x · ·r · ·r x",
    { rules: frozen({ lengthenRun: true }, three), grants: [GIFT] },
  ],
  [
    "What the gap took before the repair is not given back later",
    "x · x x · ·r · · ·",
    { rules: frozen({}, repairable({ withinDays: 5 })), withinDays: 5, grants: [{ from: "2026-01-08", count: 2 }] },
  ],
  ["Freezes that were given back stay so", "x x · · ·r x · x", { rules: frozen({}, three), grants: [GIFT] }],
  [
    "Earning: without a run up to the repair, the count begins from 0",
    "x x · ·r x x",
    { rules: frozen({ earnEvery: 3, maxEarned: 1 }, three) },
  ],
  [
    "Earning: with one, its count goes on",
    "x x · x xr x",
    { rules: frozen({ earnEvery: 3, maxEarned: 1 }, repairable({ withinDays: 5 })), withinDays: 5 },
  ],
  // Weeks and months.
  [
    "Weeks: the missed week is repaired, and this week is asked for as a whole",
    "x x x · · · ·   x · · · · · ·   x xr ·",
    { rules: weekly(threeAWeek), withinDays: 7 },
  ],
  [
    "Weeks: the run goes on when this week is kept",
    "x x x · · · ·   x · · · · · ·   x xr · x",
    { rules: weekly(threeAWeek), withinDays: 7 },
  ],
  [
    "Weeks: this week needs all of it, also when it was repaired near its end",
    "x x x · · · ·   · · · · · · ·   · · · · · xr ·   ·",
    { rules: weekly(threeAWeek), withinDays: 7 },
  ],
  [
    "Weeks: the state of a day before the repair in the same week does not know it",
    "x x x · · · ·   · · · · · · ·   x |x · xr",
    { rules: weekly(threeAWeek), withinDays: 7, to: "2026-01-25" },
  ],
  [
    "Weeks: a run that has begun in the missed week is joined",
    "x x x · · · ·   · · · x · · x   x xr x",
    { rules: weekly(threeAWeek), withinDays: 7 },
  ],
  [
    "Weeks: a run that begins in the week of the repair is not joined, and is left when the week is missed",
    "x x x · · · ·   · · · · · · ·   · · · x · xr ·   ·",
    { rules: weekly(threeAWeek), withinDays: 7 },
  ],
  [
    "Weeks, never miss twice: the run that began in the excused week is joined",
    "x x x x x x x   · · · · · · x   · · · · · · ·   xr",
    { rules: weekly(lenient(sevenAWeek)), withinDays: 7 },
  ],
  [
    "Weeks: a run that was never shown is not joined, and the week in which it had begun is repaired",
    "x x x · · · ·   · · · · · · x   · · · · · · ·   · ·r · ·",
    {
      rules: change(lenient(threeAWeek), "2026-01-19", repairable({ withinDays: 10 }, threeAWeek)),
      withinDays: 10,
    },
  ],
  [
    "Weeks: a freeze covers the week of the repair",
    "x x x · · · ·   · · · · · · ·   · xr · · · · ·   x x x",
    { rules: frozen({}, weekly(threeAWeek)), withinDays: 7, grants: [{ from: "2026-01-20", count: 1 }] },
  ],
  [
    "Months: the missed month is repaired",
    "x x · ·   · · · · · · · · · · · · · · · · · · · · · · · · · · · ·   ·r",
    { rules: repairable({ withinDays: 3 }, tenAMonth), first: "2026-01-28" },
  ],
  // Pauses, amnesties, days off.
  [
    "A pause is no end: the run that goes on over it needs no repair",
    "x x · · ·r x",
    { rules: three, pauses: [{ from: "2026-01-07", to: "2026-01-08" }] },
  ],
  [
    "A pause between the runs stays a pause",
    "x x · · ·r x",
    { rules: three, pauses: [{ from: "2026-01-08", to: "2026-01-08" }] },
  ],
  [
    "An amnesty between the runs stays an amnesty",
    "x x · · ·r x",
    { rules: three, amnesties: [{ from: "2026-01-08", to: "2026-01-08" }] },
  ],
  [
    "A paused day of a repair is paused",
    "x x · ·r x",
    { rules: three, pauses: [{ from: "2026-01-08", to: "2026-01-08" }] },
  ],
  [
    "A day of a repair that the rules make off is off",
    "x x x · · ·r ·   x",
    { rules: off(three, { weekdays: ["saturday", "sunday"] }) },
  ],
  // Windows, and a change of the rules.
  [
    "A run that windows have ended is joined after a change of the rules",
    "x · · x · · ·   ·r x",
    { rules: change(everyThree, "2026-01-12", three) },
  ],
  [
    "A day that counts for two of the runs counts once",
    "x x · · x · ·   ·r x",
    { rules: change(twoInFour, "2026-01-11", repairable({ withinDays: 6 })), withinDays: 6 },
  ],
  [
    "Windows begin with the day of the repair",
    "x x · ·r · · x · · ·",
    { rules: change(three, "2026-01-08", everyThree) },
  ],
  [
    "A run goes on over a change of the rules after its repair",
    "x x · ·r x x x   x x x",
    { rules: change(three, "2026-01-12", threeAWeek) },
  ],
  ["A cumulative streak has no repairs", "x · x · ·r", { mode: "cumulative", rules: three }],
  // When a repair can be made.
  ["It can be made on the day after the end", "x x · |·", { rules: three }],
  ["It can be made on the last day in reach", "x x · · · |·", { rules: three }],
  ["It can't be made on the day after", "x x · · · · |·", { rules: three }],
  ["Nothing can be repaired while the run is alive", "x x |·", { rules: three }],
  ["Rules without repairs: nothing can be repaired", "x x · |·", { rules: everyDay }],
  [
    "A week that has begun has its old rules",
    "x x x · · · ·   · · · · · · ·   · · |·",
    { rules: change(threeAWeek, "2026-01-20", weekly(threeAWeek)) },
  ],
  ["lastDate is about the first of the runs", "x · x · |·", { rules: three }],
  ["On a day that has a repair, no other one can be made", "x x · · ·r", { rules: three }],
  ["On a day before one that has a repair, none can be made", "x x · |· ·r", { rules: three }],
  [
    "onceInDays: it can't be made one day too early",
    "x x · ·r · · ·",
    { rules: repairable({ withinDays: 3, onceInDays: 4 }) },
  ],
  [
    "onceInDays: it can be made when as many days lie between",
    "x x · ·r · ·",
    { rules: repairable({ withinDays: 3, onceInDays: 2 }) },
  ],
  ["The price in days: as many must be done", "x x · · · |·", { rules: forTwoDays }],
  ["The price in days: one is missing", "x x · · |x", { rules: forTwoDays }],
  ["The price in days: it can be paid", "x x · · x |x", { rules: forTwoDays }],
  ["The price in days: they are counted from the end of the first run on", "x x · x · |x", { rules: forTwoDays }],
  ["The price in freezes: it can be paid with one of yesterday", "x x · · |·", { rules: forAFreeze, grants: [GIFT] }],
  [
    "The price in freezes: it can't be paid with one of today",
    "x x · · |·",
    { rules: forAFreeze, grants: [{ from: "2026-01-09", count: 1 }] },
  ],
  ["currentAfter in a week", "x x x · · · ·   x · · · · · ·   x x |x", { rules: weekly(threeAWeek) }],
]);
