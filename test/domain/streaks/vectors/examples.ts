import { actions } from "./examples/actions.ts";
import { grace } from "./examples/grace.ts";
import { milestones } from "./examples/milestones.ts";
import { repairs } from "./examples/repairs.ts";
import { travel } from "./examples/travel.ts";
import {
  ALL_NEXT_WEEK,
  ALL_WEEK,
  change,
  everyDay,
  everyThree,
  frozen,
  GIFT,
  GIFTS,
  lenient,
  monWedFri,
  off,
  section,
  sevenAWeek,
  THURSDAY,
  tenAMonth,
  threeAWeek,
  threeInFour,
  twoInFour,
  WEDNESDAY_TO_SATURDAY,
  WEEKEND,
  workdays,
} from "./sections.ts";
import type { VectorGiven } from "./vector.ts";

/** The examples of `test/vectors/rules.json`, in the order of the sentences of `docs/rules.md` that they show. */
export const examples: readonly VectorGiven[] = [
  ...section("The words", [
    ["Several events on a day are one done day", "x xxx x"],
    [
      "A week that is not over does not end a run, even if it can't be met any more",
      "x x x x x x x   · · · · · x ·",
      { rules: sevenAWeek },
    ],
    ["The order of the dates does not matter", "x x · x", { isBackwards: true }],
    ["Without a done day, everything is 0", "· · ·"],
    ["A run that begins late in a week counts it", "· · · · · x ·", { rules: threeAWeek }],
    ["A done day before that does not hurt", "x · · · · x ·", { rules: threeAWeek }],
    ["Days after today count for best alone", "x |x x x"],
    ["Days after today end no run, and none of them is done yet", "x · |· x x"],
  ]),
  ...section("Every day", [
    ["The run goes on while each day is done", "x x x x x"],
    ["While today is not done, current is the number up to yesterday", "x x x · x x x ·"],
    ["A day that is over and not done ends the run", "x x x · ·"],
    ["A run goes on over the end of a month, a year and a leap day", "x x x x x", { first: "2024-02-27" }],
  ]),
  ...section("Chosen weekdays", [
    ["The chosen weekdays are needed", "x · x · x · ·   x", { rules: monWedFri }],
    ["All other weekdays are days off", "x x x · · · ·", { rules: monWedFri }],
    ["A done day off between two of them counts", "x x x · x · ·   x", { rules: monWedFri }],
  ]),
  ...section("Days off", [
    [
      "A weekday, a date or a holiday makes a day a day off",
      "x · · x · · ·   x",
      {
        rules: { daysOff: { weekdays: WEEKEND, dates: ["2026-01-07"], holidays: ["Bavaria", "School"] } },
        holidays: [
          { name: "Bavaria", dates: ["2026-01-06"] },
          { name: "School", dates: ["2026-01-06", "2026-01-09"] },
          { name: "Not named", dates: ["2026-01-08"] },
        ],
      },
    ],
    ["A day off that is not done changes nothing", "x x x x x · ·   x", { rules: workdays }],
    ["A done day off waits for the next needed day", "x x x x x x ·", { rules: workdays }],
    ["A done day off counts when the next needed day is done", "x x x x x x ·   x", { rules: workdays }],
    ["A run does not begin on a day off", "· · · · · x x   x", { rules: workdays }],
    ["A run does not end on a day off", "· · · · x x x   · ·", { rules: workdays }],
    [
      "A day off lowers what a week needs, and counts towards it when done",
      "x x x · · x ·",
      { rules: off({ cadence: { kind: "days_a_week", days: 5 } }, { weekdays: WEEKEND }) },
    ],
    [
      "A week that has only days off is skipped, whatever is done in it",
      "x x x · · · ·   x x · · · · ·   x x x",
      { rules: off(threeAWeek, { dates: ALL_WEEK }) },
    ],
    [
      "A week that has only days off begins no run",
      "x x x x x x x   · · ·",
      { rules: off(threeAWeek, { dates: ALL_WEEK }), first: "2026-01-12" },
    ],
    [
      "A day off lowers what a month needs",
      "x x x x x · ·",
      { rules: off({ cadence: { kind: "days_a_month", days: 7 } }, { weekdays: WEEKEND }), first: "2026-02-02" },
    ],
  ]),
  ...section("n days a week", [
    ["current counts the kept weeks in a row", "x · x · x · ·   · x x x · · ·   x x · x", { rules: threeAWeek }],
    ["This week counts as soon as it is kept", "x x x · · · ·   x x x", { rules: threeAWeek }],
    ["This week does not count before it is kept", "x x x · · · ·   x x ·", { rules: threeAWeek }],
    ["More than enough is still one week", "x x x x x x x", { rules: threeAWeek }],
    [
      "Weeks begin on weekStart",
      "x x x · · · · x",
      { rules: { cadence: { kind: "days_a_week", days: 3, weekStart: "sunday" } }, first: "2026-01-04" },
    ],
    ["A run may begin in the middle of a week", "· · · x · · x", { rules: threeAWeek }],
    ["In the weeks after, the whole week counts", "· · · x · · x   x · x · · · ·   ·", { rules: threeAWeek }],
    [
      "After a miss, the last days of a week are enough to begin anew",
      "· · · x · · x   x · x · · · ·   · · · · · x ·",
      { rules: threeAWeek },
    ],
    ["Too few days from a day on begin no run", "· · · · x · ·", { rules: threeAWeek }],
    ["A whole week begins a run, also when its first days are not done", "· · x x x · ·   x", { rules: threeAWeek }],
    [
      "A run does not begin with a day off in the middle of a week",
      "· · · · · x x",
      { rules: off({ cadence: { kind: "days_a_week", days: 5 } }, { weekdays: WEEKEND }) },
    ],
    [
      "A kept week of which all done days are off begins a run",
      "· · · · · x x",
      { rules: off({ cadence: { kind: "days_a_week", days: 2 } }, { weekdays: WEEKEND }) },
    ],
  ]),
  ...section("n days a month", [
    ["From 22 January on, 4 of 10 days are needed", "x x x x · · · · · ·", { rules: tenAMonth, first: "2026-01-22" }],
    ["From 23 January on, 3 of 10 days are needed", "x x · · · · · · ·", { rules: tenAMonth, first: "2026-01-23" }],
    [
      "A month is a calendar month, of whatever length",
      "x x x · · · · · · · · · · · · · · · · · · · · · · · · ·   x x x · ·",
      { rules: { cadence: { kind: "days_a_month", days: 3 } }, first: "2026-02-01" },
    ],
    [
      "The share of a month depends on its length",
      "x x x · · ·",
      { rules: { cadence: { kind: "days_a_month", days: 14 } }, first: "2024-02-24" },
    ],
  ]),
  ...section("Every n days, and n in any m days", [
    ["Every 3 days: two days may pass between done days", "· x · x ·", { rules: everyThree }],
    ["Every 3 days: on the last of three days, today must be done", "· x · x · ·", { rules: everyThree }],
    ["Every 3 days: three days that are over without a done day end the run", "· x · x · · ·", { rules: everyThree }],
    ["2 in any 4 days: done days are counted", "· x x · · x ·", { rules: twoInFour, to: "2026-01-10" }],
    ["2 in any 4 days: the last of four days waits for today", "x x · · x ·", { rules: twoInFour }],
    ["2 in any 4 days: a new run begins with done days that are not too old", "x x · · x · ·", { rules: twoInFour }],
    ["A day that ends a run counts for it if it is done: on that day", "x · · x", { rules: threeInFour }],
    ["A day that ends a run counts for it if it is done: on the next day", "x · · x ·", { rules: threeInFour }],
    ["A run can't end on its first days, though few of them are done", "x · · ·", { rules: threeInFour }],
    [
      "1 in any 3 days is the same as every 3 days",
      "· x · x · · ·",
      { rules: { cadence: { kind: "days_in_any", days: 1, of: 3 } } },
    ],
    [
      "Days off do not use up the days",
      "x · · · · ·",
      { rules: off(everyThree, { weekdays: WEEKEND }), first: "2026-01-08" },
    ],
    [
      "All done days of the stretch count, done days off too",
      "x · · · · x ·   · ·",
      { rules: off(twoInFour, { weekdays: WEEKEND }), first: "2026-01-07" },
    ],
    ["A done day off in the stretch is enough", "x · x · · ·", { rules: off(everyThree, { dates: ["2026-01-07"] }) }],
    ["A run begins with a done day that is not off", "x · x x", { rules: off(twoInFour, { weekdays: ["monday"] }) }],
    [
      "A done day off counts between two done days that are not off",
      "x · · · x x ·   x",
      { rules: off(twoInFour, { weekdays: WEEKEND }), first: "2026-01-05" },
    ],
  ]),
  ...section("Never miss twice", [
    ["Single misses don't end a run, and don't count", "x · x x · x", { rules: lenient(everyDay) }],
    ["A second miss in a row ends the run", "x · x x · · x", { rules: lenient(everyDay) }],
    ["After a single miss the run is alive, and current is what it was", "x x x · ·", { rules: lenient(everyDay) }],
    ["When a second miss follows, both are missed", "x x x · · ·", { rules: lenient(everyDay) }],
    ["A run does not begin with a miss", "· x x", { rules: lenient(everyDay) }],
    ["A day off is no miss, and wipes none out", "x x x x · · ·   x", { rules: lenient(workdays) }],
    ["A miss on both sides of a day off is two in a row", "x x x x · · ·   · x", { rules: lenient(workdays) }],
    ["A done day off counts over a single miss", "x x x x x x ·   · x", { rules: lenient(workdays) }],
    ["It works with weeks", "x x x · · · ·   x · · · · · ·   x x x", { rules: lenient(threeAWeek) }],
    [
      "It works with months",
      "x · · ·   · · · · · · · · · · · · · · · · · · · · · · · · · · · ·   x",
      { rules: lenient({ cadence: { kind: "days_a_month", days: 1 } }), first: "2026-01-28" },
    ],
    [
      "It means nothing for every n days",
      "x · · ·",
      { rules: lenient({ cadence: { kind: "every_n_days", days: 2 } }) },
    ],
    [
      "While the old run is alive, it is shown, and not a new one that counts the same",
      "x x x x x x x   · · · · · · x   ·",
      { rules: lenient(sevenAWeek) },
    ],
    [
      "When the old run has ended, the one that began in the missed week goes on",
      "x x x x x x x   · · · · · · x   · · · · · · ·   ·",
      { rules: lenient(sevenAWeek) },
    ],
    [
      "Of two runs, the older tells what became of a week after both have ended",
      "x x x · · · ·   · · · · · · x   x x x · · · ·   · · · · · · ·   · · · · · · ·   ·",
      { rules: lenient(threeAWeek) },
    ],
  ]),
  ...section("Freezes", [
    ["A freeze covers a missed period", "x x · ·", { rules: frozen({}), grants: [GIFT] }],
    ["The run goes on after a covered period, which does not count", "x x · x", { rules: frozen({}), grants: [GIFT] }],
    [
      "One freeze can't cover two misses in a row, and is given back",
      "x x · · ·",
      { rules: frozen({}), grants: [GIFT] },
    ],
    [
      "A run earns a freeze for each earnEvery days that it keeps",
      "x x x x · x x",
      { rules: frozen({ earnEvery: 2, maxEarned: 2 }) },
    ],
    [
      "Nothing is counted while there are maxEarned earned freezes",
      "x x x x x x x · · ·",
      { rules: frozen({ earnEvery: 2, maxEarned: 2 }) },
    ],
    [
      "After a freeze was used, the next one takes the whole earnEvery",
      "x x x · x · x",
      { rules: frozen({ earnEvery: 2, maxEarned: 1 }) },
    ],
    [
      "Freezes never cover a miss before they came",
      "x x · x x",
      { rules: frozen({}), grants: [{ from: "2026-01-08", count: 1 }] },
    ],
    [
      "A freeze that is granted for the missed day itself covers it",
      "x x · x x",
      { rules: frozen({}), grants: [{ from: "2026-01-07", count: 1 }] },
    ],
    [
      "A freeze that is granted for today is left today",
      "x x",
      { rules: frozen({}), grants: [{ from: "2026-01-06", count: 1 }] },
    ],
    [
      "A freeze that is granted for tomorrow is not left today",
      "x x",
      { rules: frozen({}), grants: [{ from: "2026-01-07", count: 1 }] },
    ],
    ["A missed day before the first run needs no freeze", "· · x x", { rules: frozen({}), grants: [GIFT] }],
    ["A day that is not over is not covered", "x x ·", { rules: frozen({}), grants: [GIFT] }],
    ["A late event gives a freeze back", "x x x · x ·", { rules: frozen({}), grants: [GIFT] }],
    [
      "Before that event came, the freeze had covered its day, and the next miss ended the run",
      "x x · · x ·",
      { rules: frozen({}), grants: [GIFT] },
    ],
    [
      "A late event may make a gap short enough: the older run goes on",
      "x x · x x x",
      { rules: frozen({}), grants: [GIFT] },
    ],
    ["Then the freeze is not there for the next gap", "x x · x x x · x", { rules: frozen({}), grants: [GIFT] }],
    [
      "Without the late event, the freeze covers the next gap",
      "x x · · x x · x",
      { rules: frozen({}), grants: [GIFT] },
    ],
    [
      "maxInARow: more misses in a row end the run, though there are freezes",
      "x x · · · x",
      { rules: frozen({ maxInARow: 2 }), grants: [{ from: "2026-01-05", count: 3 }] },
    ],
    [
      "maxInARow: the next gap has its own",
      "x · · x · · x",
      { rules: frozen({ maxInARow: 2 }), grants: [{ from: "2026-01-05", count: 4 }] },
    ],
    [
      "All freezes that a gap took are given back",
      "x x · · · ·",
      { rules: frozen({}), grants: [{ from: "2026-01-05", count: 2 }] },
    ],
    [
      "Freezes that an earlier gap took stay away",
      "x · x · · ·",
      { rules: frozen({}), grants: [{ from: "2026-01-05", count: 2 }] },
    ],
    [
      "Freezes that are given back cover the gaps of the next run",
      "x x · · · x · x",
      { rules: frozen({}), grants: [{ from: "2026-01-05", count: 2 }] },
    ],
    ["Days off in a gap change nothing", "x x x x · · ·   x", { rules: frozen({}, workdays), grants: [GIFT] }],
    ["A gap reaches over days off", "x x x x · · ·   · ·", { rules: frozen({}, workdays), grants: [GIFT] }],
    [
      "maxInARow: days off do not end a gap, done or not",
      "x x x x · x ·   · x",
      { rules: frozen({ maxInARow: 1 }, workdays), grants: [{ from: "2026-01-05", count: 2 }] },
    ],
    [
      "A done day off in a gap counts when the run goes on",
      "x x x x · x ·   x",
      { rules: frozen({}, workdays), grants: [GIFT] },
    ],
    ["Granted freezes: the thirty-first is lost", "x ·", { rules: frozen({}), grants: [GIFTS, GIFT] }],
    [
      "Granted freezes: of those that come together, as many come as there is room for",
      "x",
      {
        rules: frozen({}),
        grants: [
          { from: "2026-01-05", count: 20 },
          { from: "2026-01-05", count: 20 },
        ],
      },
    ],
    [
      "Granted freezes: one takes the place of the one that expires before it",
      "x x x",
      {
        rules: frozen({}),
        grants: [
          { ...GIFTS, to: "2026-01-06" },
          { from: "2026-01-06", count: 1, to: "2026-01-07" },
        ],
      },
    ],
    [
      "Granted freezes: one that expires earlier takes no place",
      "x x x x",
      {
        rules: frozen({}),
        grants: [
          { ...GIFTS, to: "2026-01-10" },
          { from: "2026-01-06", count: 1, to: "2026-01-07" },
        ],
      },
    ],
    [
      "Granted freezes: one that is given back finds no room when another one has come",
      "x x · · ·",
      { rules: frozen({ maxInARow: 1 }), grants: [GIFTS, { from: "2026-01-08", count: 1 }] },
    ],
    [
      "Granted freezes come on top of the earned ones",
      "x x",
      { rules: frozen({ earnEvery: 1, maxEarned: 1 }), grants: [GIFTS] },
    ],
    [
      "Granted freezes are used before the earned ones, so that nothing is counted",
      "x · x x",
      { rules: frozen({ earnEvery: 1, maxEarned: 1 }), grants: [GIFT] },
    ],
    [
      "A granted freeze covers its last day",
      "x x · x",
      { rules: frozen({}), grants: [{ from: "2026-01-05", count: 1, to: "2026-01-07" }] },
    ],
    [
      "A granted freeze covers no day after its last day",
      "x x x · x",
      { rules: frozen({}), grants: [{ from: "2026-01-05", count: 1, to: "2026-01-07" }] },
    ],
    [
      "The freeze that expires first is used first",
      "x · x x · x",
      { rules: frozen({}), grants: [GIFT, { from: "2026-01-05", count: 1, to: "2026-01-07" }] },
    ],
    [
      "A freeze that is given back after its last day has expired",
      "x · · ·",
      { rules: frozen({}), grants: [{ from: "2026-01-05", count: 1, to: "2026-01-06" }] },
    ],
    [
      "On the last day of a freeze, it is still left",
      "x x",
      { rules: frozen({}), grants: [{ from: "2026-01-05", count: 1, to: "2026-01-06" }] },
    ],
    [
      "On the day after, it is not",
      "x x x",
      { rules: frozen({}), grants: [{ from: "2026-01-05", count: 1, to: "2026-01-06" }] },
    ],
    ["Earning: today counts as soon as it is done", "x x", { rules: frozen({ earnEvery: 2, maxEarned: 1 }) }],
    [
      "Earning: done days off are not counted",
      "x x x x x x x   x",
      { rules: frozen({ earnEvery: 7, maxEarned: 1 }, workdays) },
    ],
    [
      "Earning: covered days are not counted, though they lengthen the run",
      "x · x · x",
      { rules: frozen({ earnEvery: 3, maxEarned: 1, lengthenRun: true }), grants: [{ from: "2026-01-05", count: 2 }] },
    ],
    [
      "Earning: a week counts as soon as it is kept",
      "x x x",
      { rules: frozen({ earnEvery: 1, maxEarned: 1 }, threeAWeek) },
    ],
    [
      "Earning: the week in which a run starts is counted",
      "· · · x · x ·   x x x",
      { rules: frozen({ earnEvery: 2, maxEarned: 1 }, threeAWeek) },
    ],
    [
      "Earning: the week in which a run starts counts as soon as the rest of it is kept",
      "· · · · x x",
      { rules: frozen({ earnEvery: 1, maxEarned: 1 }, threeAWeek) },
    ],
    [
      "Earning: a run that is given up for an older one has earned nothing",
      "x x x · · · ·   · · · · · x ·   x x x",
      { rules: frozen({ earnEvery: 1, maxEarned: 9 }, lenient(threeAWeek)) },
    ],
    [
      "Earning: what a new run earns comes after the older one has ended",
      "x x x · · · ·   · · · x · x ·   ·",
      { rules: change(threeAWeek, "2026-01-12", frozen({ earnEvery: 1, maxEarned: 1 }, threeAWeek)) },
    ],
    [
      "Earning: a run that is not shown earns nothing, and begins with 0 when it is",
      "x x x · · · ·   · · · x · x ·   · · · · · · ·   x x x",
      { rules: frozen({ earnEvery: 2, maxEarned: 1 }, lenient(threeAWeek)) },
    ],
    [
      "What is earned stays when the run ends",
      "x x · · x · x",
      { rules: frozen({ earnEvery: 2, maxEarned: 2, maxInARow: 1 }) },
    ],
    ["The count ends with the run", "x x x · x x x", { rules: frozen({ earnEvery: 4, maxEarned: 1 }) }],
    [
      "lengthenRun: a covered day counts when the run goes on",
      "x x · x",
      { rules: frozen({ lengthenRun: true }), grants: [GIFT] },
    ],
    ["lengthenRun: until then it does not", "x x · ·", { rules: frozen({ lengthenRun: true }), grants: [GIFT] }],
    [
      "lengthenRun: it never counts when the gap ends the run",
      "x x · · ·",
      { rules: frozen({ lengthenRun: true }), grants: [GIFT] },
    ],
    [
      "Never miss twice: the first miss of a gap takes no freeze",
      "x x · x",
      { rules: frozen({}, lenient(everyDay)), grants: [GIFT] },
    ],
    [
      "Never miss twice: all others of the gap need a freeze each",
      "x x · · · x",
      { rules: frozen({}, lenient(everyDay)), grants: [{ from: "2026-01-05", count: 2 }] },
    ],
    [
      "Never miss twice: an excused miss is none of the maxInARow",
      "x x · · x · · x",
      { rules: frozen({ maxInARow: 1 }, lenient(everyDay)), grants: [{ from: "2026-01-05", count: 2 }] },
    ],
    [
      "Never miss twice: when the gap ends the run, its freezes are given back",
      "x x · · · ·",
      { rules: frozen({}, lenient(everyDay)), grants: [GIFT] },
    ],
    [
      "A covered week is passed over as a whole",
      "x x x · · · ·   x · · · · · ·   x x x",
      { rules: frozen({}, threeAWeek), grants: [GIFT] },
    ],
    [
      "A week that is not over is not covered",
      "x x x · · · ·   x x · · · · ·",
      { rules: frozen({}, threeAWeek), grants: [GIFT] },
    ],
    [
      "A gap begins with the week in which the run started",
      "· · · · · x ·   · · · · · · ·   x x x",
      { rules: frozen({}, threeAWeek), grants: [GIFT] },
    ],
    [
      "Skipped weeks in a gap change nothing",
      "x x x · · · ·   · · · · · · ·   · · · · · · ·   x x x",
      { rules: frozen({}, threeAWeek), grants: [GIFT], pauses: [{ from: "2026-01-12", to: "2026-01-18" }] },
    ],
    [
      "No other run begins in the middle of a covered week",
      "x x x · · · ·   · · · x · x ·   ·",
      { rules: frozen({}, threeAWeek), grants: [GIFT] },
    ],
    [
      "That stays so when the freeze is given back",
      "x x x · · · ·   · · · x · x ·   · · · · · · ·   ·",
      { rules: frozen({}, threeAWeek), grants: [GIFT] },
    ],
    [
      "In a missed week that ends the run, a new one can begin",
      "x x x · · · ·   · · · · · · ·   · · · x · x ·   ·",
      { rules: frozen({}, threeAWeek), grants: [GIFT] },
    ],
    [
      "A run that has begun in an excused week is given up when a freeze covers the next one",
      "x x x · · · ·   · · · x · x ·   · · · · · · ·   ·",
      { rules: frozen({}, lenient(threeAWeek)), grants: [GIFT] },
    ],
    [
      "It stays given up when the freeze is given back",
      "x x x · · · ·   · · · x · x ·   · · · · · · ·   · · · · · · ·   ·",
      { rules: frozen({}, lenient(threeAWeek)), grants: [GIFT] },
    ],
    [
      "Without a freeze, it is shown when the older one has ended",
      "x x x · · · ·   · · · x · x ·   · · · · · · ·   ·",
      { rules: frozen({}, lenient(threeAWeek)) },
    ],
    [
      "A freeze must last to the end of the week",
      "x x x · · · ·   x · · · · · ·   ·",
      { rules: frozen({}, threeAWeek), grants: [{ from: "2026-01-05", count: 1, to: "2026-01-17" }] },
    ],
    [
      "A freeze that lasts to the last day of the week covers it",
      "x x x · · · ·   x · · · · · ·   ·",
      { rules: frozen({}, threeAWeek), grants: [{ from: "2026-01-05", count: 1, to: "2026-01-18" }] },
    ],
    [
      "A freeze that comes within the week covers it",
      "x x x · · · ·   x · · · · · ·   x",
      { rules: frozen({}, threeAWeek), grants: [{ from: "2026-01-18", count: 1 }] },
    ],
    [
      "A month is covered",
      "x x · ·   x x x x x · · · · · · · · · · · · · · · · · · · · · · ·   x",
      { rules: frozen({}, tenAMonth), first: "2026-01-28", grants: [{ from: "2026-01-28", count: 1 }] },
    ],
    [
      "A grant of a day whose rules have no freezes gives nothing",
      "x x x · x",
      { rules: change(everyDay, "2026-01-07", frozen({})), grants: [GIFT] },
    ],
    [
      "A grant of the first day whose rules have freezes counts",
      "x x x · x",
      { rules: change(everyDay, "2026-01-07", frozen({})), grants: [{ from: "2026-01-07", count: 1 }] },
    ],
    [
      "Chosen weekdays are covered, and the others need no freeze",
      "x · · · · · ·   x",
      { rules: frozen({}, monWedFri), grants: [{ from: "2026-01-05", count: 2 }] },
    ],
    [
      "Opting out: nothing is covered from that day on",
      "x · x · ·",
      {
        rules: frozen({}),
        grants: [{ from: "2026-01-05", count: 2 }],
        optOuts: [{ from: "2026-01-07", out: true }],
      },
    ],
    [
      "Opting out amid a gap gives back what the gap took",
      "x x · · ·",
      {
        rules: frozen({}),
        grants: [{ from: "2026-01-05", count: 2 }],
        optOuts: [{ from: "2026-01-08", out: true }],
      },
    ],
    [
      "Opting in again: freezes cover from that day on",
      "x x · x",
      {
        rules: frozen({}),
        grants: [GIFT],
        optOuts: [
          { from: "2026-01-05", out: true },
          { from: "2026-01-07", out: false },
        ],
      },
    ],
    [
      "For each day, the decision with the latest day counts, whenever it was made",
      "x x · x",
      {
        rules: frozen({}),
        grants: [GIFT],
        optOuts: [
          { from: "2026-01-07", out: false },
          { from: "2026-01-05", out: true },
        ],
      },
    ],
    [
      "Of two decisions for the same day, the later one counts",
      "x x · x",
      {
        rules: frozen({}),
        grants: [GIFT],
        optOuts: [
          { from: "2026-01-07", out: false },
          { from: "2026-01-07", out: true },
        ],
      },
    ],
    [
      "It counts also if it opts in",
      "x x · x",
      {
        rules: frozen({}),
        grants: [GIFT],
        optOuts: [
          { from: "2026-01-07", out: true },
          { from: "2026-01-07", out: false },
        ],
      },
    ],
    [
      "A decision from tomorrow on does not hold today",
      "x x",
      { rules: frozen({}), grants: [GIFT], optOuts: [{ from: "2026-01-07", out: true }] },
    ],
    [
      "Who has opted out goes on earning",
      "x x x",
      { rules: frozen({ earnEvery: 2, maxEarned: 2 }), optOuts: [{ from: "2026-01-05", out: true }] },
    ],
    [
      "Under rules without freezes, nothing is covered, and a freeze is given back",
      "x x · · ·",
      {
        rules: [
          { rules: frozen({}) },
          { from: "2026-01-08", rules: everyDay },
          { from: "2026-01-09", rules: frozen({}) },
        ],
        grants: [GIFT],
      },
    ],
    [
      "Under rules without freezes, what was covered before stays so",
      "x x · x x",
      { rules: change(frozen({}), "2026-01-08", everyDay), grants: [GIFT] },
    ],
    [
      "Under rules without freezes, nothing is counted towards a freeze",
      "x x x x",
      { rules: change(everyDay, "2026-01-07", frozen({ earnEvery: 3, maxEarned: 1 })) },
    ],
    [
      "With another earnEvery, the count begins from 0",
      "x x x x",
      { rules: change(frozen({ earnEvery: 4, maxEarned: 1 }), "2026-01-07", frozen({ earnEvery: 3, maxEarned: 1 })) },
    ],
    [
      "With the same earnEvery, the count goes on",
      "x x x x",
      {
        rules: change(
          frozen({ earnEvery: 3, maxEarned: 1 }),
          "2026-01-07",
          frozen({ earnEvery: 3, maxEarned: 2, maxInARow: 1 }),
        ),
      },
    ],
    [
      "With a smaller maxEarned, the user keeps as many",
      "x x x",
      { rules: change(frozen({ earnEvery: 1, maxEarned: 2 }), "2026-01-07", frozen({ earnEvery: 1, maxEarned: 1 })) },
    ],
    [
      "With a smaller maxEarned, a count for which there is no room any more begins from 0",
      "x x x x x   · x",
      { rules: change(frozen({ earnEvery: 3, maxEarned: 2 }), "2026-01-10", frozen({ earnEvery: 3, maxEarned: 1 })) },
    ],
    [
      "With a smaller maxEarned amid a gap, no more are given back",
      "x x · · · ·",
      { rules: change(frozen({ earnEvery: 1, maxEarned: 2 }), "2026-01-08", frozen({ earnEvery: 1, maxEarned: 1 })) },
    ],
    [
      "Freezes that are granted alone leave the earned ones",
      "x x x · ·",
      { rules: change(frozen({ earnEvery: 1, maxEarned: 2 }), "2026-01-07", frozen({})) },
    ],
    [
      "With freezes that are granted alone, no more are given back than the latest maxEarned allows",
      "x x · · · ·",
      {
        rules: [
          { rules: frozen({ earnEvery: 1, maxEarned: 2 }) },
          { from: "2026-01-08", rules: frozen({ earnEvery: 1, maxEarned: 1 }) },
          { from: "2026-01-09", rules: frozen({}) },
        ],
      },
    ],
    [
      "What the user has stays while the rules have no freezes",
      "x x x x · x",
      {
        rules: [
          { rules: frozen({}) },
          { from: "2026-01-06", rules: everyDay },
          { from: "2026-01-08", rules: frozen({}) },
        ],
        grants: [GIFT],
      },
    ],
    [
      "A change of the rules amid a gap: the first miss under never miss twice takes no freeze",
      "x x · · x",
      { rules: change(frozen({}), "2026-01-08", frozen({}, lenient(everyDay))), grants: [GIFT] },
    ],
    [
      "A change of the rules amid a gap: maxInARow is that of each missed day",
      "x x · · x",
      {
        rules: change(frozen({}), "2026-01-08", frozen({ maxInARow: 1 })),
        grants: [{ from: "2026-01-05", count: 3 }],
      },
    ],
    [
      "A week that has begun keeps its freezes",
      "x x x · · · ·   x · · · · · ·   x",
      { rules: change(frozen({}, threeAWeek), "2026-01-14", threeAWeek), grants: [GIFT] },
    ],
    [
      "A pause over a covered day gives the freeze back",
      "x x · x · ·",
      { rules: frozen({}), grants: [GIFT], pauses: [{ from: "2026-01-07", to: "2026-01-07" }] },
    ],
    [
      "Paused days in a gap change nothing",
      "x x · · · · x",
      { rules: frozen({}), grants: [GIFT], pauses: [{ from: "2026-01-07", to: "2026-01-09" }] },
    ],
    [
      "A paused day that is done ends the gap",
      "x · x · x",
      {
        rules: frozen({ maxInARow: 1 }),
        grants: [{ from: "2026-01-05", count: 2 }],
        pauses: [{ from: "2026-01-07", to: "2026-01-07" }],
      },
    ],
    [
      "usedInWeek counts the covered days of the week that is shown",
      "x x x x · x ·   · x",
      { rules: frozen({}), grants: [{ from: "2026-01-05", count: 3 }] },
    ],
    ["A run that has ended keeps its covered days", "x · x · · ·", { rules: frozen({}), grants: [GIFT] }],
    ["Days after today: freezes cover nothing before it is over", "x |· x", { rules: frozen({}), grants: [GIFT] }],
    ["A cumulative streak has no freezes", "x · x · ·", { mode: "cumulative", rules: frozen({}), grants: [GIFT] }],
  ]),
  ...repairs,
  ...section("Pauses", [
    ["Nothing is asked on a paused day", "x x · · · ·", { pauses: WEDNESDAY_TO_SATURDAY }],
    ["What is done on a paused day counts at once", "x x · x · ·", { pauses: WEDNESDAY_TO_SATURDAY }],
    ["The first day after a pause is asked for", "x x · · · · ·", { pauses: WEDNESDAY_TO_SATURDAY }],
    ["A run goes on after a pause", "x x · · · · x", { pauses: WEDNESDAY_TO_SATURDAY }],
    ["A miss after a pause ends the run", "x x · · · · · ·", { pauses: WEDNESDAY_TO_SATURDAY }],
    ["A run may begin and end on done paused days", "· · x · x · ·   ·", { pauses: WEDNESDAY_TO_SATURDAY }],
    [
      "A paused day that the rules make off waits when it is done",
      "x x x x · x ·",
      { rules: workdays, pauses: [{ from: "2026-01-09", to: "2026-01-12" }] },
    ],
    [
      "A paused day that the rules make off counts between two needed days that are done",
      "x x x x · x ·   x",
      { rules: workdays, pauses: [{ from: "2026-01-09", to: "2026-01-12" }] },
    ],
    [
      "A chosen weekday that is paused is not needed",
      "x · · x x · ·",
      { rules: monWedFri, pauses: [{ from: "2026-01-07", to: "2026-01-08" }] },
    ],
    [
      "A pause lowers what a week needs",
      "x x x · · · ·   · · · · x · x",
      { rules: threeAWeek, pauses: [{ from: "2026-01-12", to: "2026-01-15" }] },
    ],
    [
      "A done paused day counts towards its week, and is needed like any other day",
      "x x x · · · ·   · · x · ·",
      { rules: threeAWeek, pauses: [{ from: "2026-01-12", to: "2026-01-15" }] },
    ],
    [
      "A week that is paused as a whole is skipped",
      "x x x · · · ·   · · · · · · ·   x x x",
      { rules: threeAWeek, pauses: ALL_NEXT_WEEK },
    ],
    [
      "One done day is enough to keep a week that is paused as a whole",
      "x x x · · · ·   · · x · · · ·   ·",
      { rules: threeAWeek, pauses: ALL_NEXT_WEEK },
    ],
    [
      "A week that has only days off and paused days is skipped, though a day off is done",
      "x x x · · · ·   · · · · · x ·   ·",
      { rules: off(threeAWeek, { weekdays: WEEKEND }), pauses: ALL_NEXT_WEEK },
    ],
    [
      "A run may begin in the middle of a week, with a done paused day",
      "· · · · x · ·   ·",
      { rules: threeAWeek, pauses: [{ from: "2026-01-08", to: "2026-01-11" }] },
    ],
    [
      "A pause lowers what a month needs",
      "· x · x ·",
      { rules: tenAMonth, first: "2026-01-28", pauses: [{ from: "2026-01-01", to: "2026-01-27" }] },
    ],
    [
      "Every 3 days: paused days do not use up the days",
      "x · · · · · ·",
      { rules: everyThree, pauses: [{ from: "2026-01-07", to: "2026-01-09" }] },
    ],
    [
      "2 in any 4 days: a done paused day counts, and is not among the days",
      "x · · x · · ·",
      { rules: twoInFour, pauses: [{ from: "2026-01-07", to: "2026-01-09" }] },
    ],
    [
      "2 in any 2 days: a done paused day between days off takes the place of no other day",
      "x x · x · · ·",
      {
        rules: off({ cadence: { kind: "days_in_any", days: 2, of: 2 } }, { weekdays: WEEKEND, dates: ["2026-01-13"] }),
        first: "2026-01-09",
        pauses: [{ from: "2026-01-12", to: "2026-01-12" }],
      },
    ],
    [
      "Every 3 days: the first window of a run that begins with a paused day begins after the pause",
      "· · · x · · ·   ·",
      { rules: everyThree, pauses: WEDNESDAY_TO_SATURDAY },
    ],
    [
      "Never miss twice: a paused day is no miss, and wipes none out",
      "x x · · · · x",
      { rules: lenient(everyDay), pauses: [{ from: "2026-01-08", to: "2026-01-10" }] },
    ],
    [
      "Never miss twice: a miss on both sides of a pause is two in a row",
      "x x · · · · ·   x",
      { rules: lenient(everyDay), pauses: [{ from: "2026-01-08", to: "2026-01-10" }] },
    ],
    [
      "Never miss twice: a done paused day wipes a miss out",
      "x x · · x · ·   x",
      { rules: lenient(everyDay), pauses: [{ from: "2026-01-08", to: "2026-01-10" }] },
    ],
    [
      "Never miss twice: a week that is paused as a whole is no miss, and wipes none out",
      "x x x · · · ·   x · · · · · ·   · · · · · · ·   x x x",
      { rules: lenient(threeAWeek), pauses: [{ from: "2026-01-19", to: "2026-01-25" }] },
    ],
    [
      "Pauses that overlap or touch are one",
      "x x · · · ·",
      {
        pauses: [
          { from: "2026-01-10", to: "2026-01-11" },
          { from: "2026-01-07", to: "2026-01-08" },
          { from: "2026-01-08", to: "2026-01-09" },
          { from: "2026-01-13", to: "2026-01-13" },
        ],
      },
    ],
    ["An open pause keeps a run alive", "x x · · · · ·   · · ·", { pauses: [{ from: "2026-01-07" }] }],
    [
      "An open pause takes in a pause that has an end",
      "x x · · · x ·   ·",
      { pauses: [{ from: "2026-01-09" }, { from: "2026-01-07", to: "2026-01-10" }] },
    ],
    [
      "Every 3 days: with an open pause, nothing is needed",
      "x ·",
      { rules: everyThree, pauses: [{ from: "2026-01-08" }] },
    ],
    [
      "Every 3 days: a pause that is still to come moves the day on which the run would end",
      "x ·",
      { rules: everyThree, pauses: [{ from: "2026-01-07", to: "2026-01-10" }] },
    ],
    ["A pause that begins tomorrow leaves today as it is", "x x x ·", { pauses: [{ from: "2026-01-09" }] }],
    [
      "A pause that is still to come lowers what this week needs",
      "x x ·",
      { rules: threeAWeek, pauses: [{ from: "2026-01-08", to: "2026-01-18" }] },
    ],
    [
      "A paused day after today that is done counts for best alone",
      "x x |· · x",
      { pauses: WEDNESDAY_TO_SATURDAY, to: "2026-01-09" },
    ],
    [
      "The rest of a week that is partly paused needs its share, after a change within the pause",
      "x · · · · x ·",
      {
        rules: change(everyDay, "2026-01-08", threeAWeek),
        pauses: [{ from: "2026-01-06", to: "2026-01-09" }],
      },
    ],
    [
      "A cumulative streak has no pauses",
      "x x · · x ·",
      { mode: "cumulative", rules: threeAWeek, pauses: WEDNESDAY_TO_SATURDAY },
    ],
  ]),
  ...section("Amnesties", [
    [
      "An amnesty lowers what a week needs, and a week whose days all have one is skipped",
      "x x x · · · ·   · · · · · · ·   · · · · x x ·",
      {
        rules: threeAWeek,
        amnesties: [
          { from: "2026-01-12", to: "2026-01-18" },
          { from: "2026-01-19", to: "2026-01-22" },
        ],
      },
    ],
    [
      "One done day is enough to keep a week whose days all have an amnesty",
      "x x x · · · ·   · · x · · · ·   ·",
      { rules: threeAWeek, amnesties: ALL_NEXT_WEEK },
    ],
    [
      "Every 3 days: the days of an amnesty are passed over, done or not",
      "x · · x · · ·",
      { rules: everyThree, amnesties: [{ from: "2026-01-07", to: "2026-01-09" }] },
    ],
    [
      "Never miss twice: a day with an amnesty is no miss, and wipes none out",
      "x x · · · x",
      { rules: lenient(everyDay), amnesties: [{ from: "2026-01-08", to: "2026-01-09" }] },
    ],
    [
      "A freeze that covered a day with an amnesty is back",
      "x x x · x",
      { rules: frozen({}), grants: [GIFT], amnesties: THURSDAY },
    ],
    [
      "Amnesties that overlap or touch are like one",
      "x x · · · x",
      {
        amnesties: [
          { from: "2026-01-09", to: "2026-01-09" },
          { from: "2026-01-07", to: "2026-01-08" },
          { from: "2026-01-08", to: "2026-01-08" },
        ],
      },
    ],
    [
      "A cumulative streak has no amnesties",
      "x x x · x ·",
      { mode: "cumulative", rules: everyDay, amnesties: THURSDAY },
    ],
    [
      "A day that has an amnesty and is paused is paused",
      "x x x · · x",
      { pauses: THURSDAY, amnesties: [{ from: "2026-01-08", to: "2026-01-09" }] },
    ],
    [
      "A day off with an amnesty is told as amnesty, and waits like any day off when it is done",
      "x x x x · x ·",
      { rules: workdays, amnesties: [{ from: "2026-01-09", to: "2026-01-12" }], to: "2026-01-13" },
    ],
    ["An amnesty of today does not show in pause, and nothing is pending", "x x x ·", { amnesties: THURSDAY }],
    [
      "A pause that touches an amnesty is told without it",
      "x x x · ·",
      { pauses: [{ from: "2026-01-09", to: "2026-01-10" }], amnesties: THURSDAY },
    ],
    [
      "The service was down on Thursday: a user who has not done it keeps the run",
      "x x x · x",
      { amnesties: THURSDAY },
    ],
    ["The service was down on Thursday: for a user who has done it, it counts", "x x x x x", { amnesties: THURSDAY }],
  ]),
  ...section("Cumulative", [
    ["Every done day counts, for ever", "x · · · x · · · · x ·", { mode: "cumulative", rules: everyDay }],
    [
      "Its rules decide nothing",
      "x · · · · x x",
      { mode: "cumulative", rules: lenient(off(threeAWeek, { weekdays: WEEKEND })) },
    ],
    ["Days after today count too", "x |· · x", { mode: "cumulative", rules: everyDay, to: "2026-01-08" }],
    ["A day after today is enough to be pending", "|· x", { mode: "cumulative", rules: everyDay, to: "2026-01-06" }],
  ]),
  ...actions,
  ...grace,
  ...travel,
  ...milestones,
  ...section("When you change the rules", [
    [
      "A run goes on over the change: 20 days and then 2 weeks are 22",
      "x x x x x x   x x x x x x x   x x x x x x x   x x x · · · ·   x x x",
      { rules: change(everyDay, "2026-01-26", threeAWeek), first: "2026-01-06" },
    ],
    [
      "A week that has begun goes to its end under its old rules",
      "x x x · · · ·   x x",
      { rules: change(threeAWeek, "2026-01-08", everyDay) },
    ],
    [
      "The unit of today is that of the old rules until then",
      "x x x · · · ·",
      { rules: change(threeAWeek, "2026-01-08", everyDay) },
    ],
    [
      "A week that has begun keeps its neverMissTwice",
      "x x x · · · ·   x · · · · · ·   x x x",
      { rules: change(lenient(threeAWeek), "2026-01-14", threeAWeek) },
    ],
    [
      "A month that has begun goes to its end under its old rules",
      "x x · · · ·   x x ·",
      {
        rules: change({ cadence: { kind: "days_a_month", days: 10 } }, "2026-01-28", everyDay),
        first: "2026-01-26",
      },
    ],
    [
      "Rules that are changed again before their cadence has begun never begin",
      "x x x · · · ·   x x",
      {
        rules: [
          { rules: threeAWeek },
          { from: "2026-01-07", rules: { cadence: { kind: "days_a_month", days: 28 } } },
          { from: "2026-01-09", rules: everyDay },
        ],
      },
    ],
    ["The rest of a week needs its share", "x x x · x x ·", { rules: change(everyDay, "2026-01-08", threeAWeek) }],
    [
      "The rest of a week that has less than its share is missed",
      "x x x · · · x   ·",
      { rules: change(everyDay, "2026-01-08", threeAWeek) },
    ],
    [
      "Weeks that begin on another day begin with the rest of one",
      "x x x · · · ·   · · x · · · ·",
      {
        rules: change(threeAWeek, "2026-01-08", {
          cadence: { kind: "days_a_week", days: 3, weekStart: "thursday" },
        }),
      },
    ],
    [
      "The days of days_in_any all lie after the change",
      "x x x · · ·",
      { rules: change(everyDay, "2026-01-08", { cadence: { kind: "days_in_any", days: 2, of: 3 } }) },
    ],
    [
      "A run that goes on over the change has these days at first",
      "x x x · · · ·",
      { rules: change(everyDay, "2026-01-08", { cadence: { kind: "days_in_any", days: 2, of: 3 } }) },
    ],
    [
      "With the same cadence before and after, the days may lie on both sides",
      "x x x · · ·",
      {
        rules: change(everyThree, "2026-01-09", off(everyThree, { weekdays: ["sunday"] })),
      },
    ],
    [
      "1 in any 3 days is the same cadence as every 3 days",
      "x x x · · · ·",
      { rules: change(everyThree, "2026-01-09", { cadence: { kind: "days_in_any", days: 1, of: 3 } }) },
    ],
    [
      "New days off begin after the week that has begun",
      "x x · · · · ·   x x · · · · ·",
      { rules: change(threeAWeek, "2026-01-08", off(threeAWeek, { weekdays: ["thursday", "friday", ...WEEKEND] })) },
    ],
    [
      "A week that has begun keeps its old days off, and the next one has none",
      "x x · · · · ·   x x · · · · ·",
      { rules: change(off(threeAWeek, { weekdays: ["thursday", "friday", ...WEEKEND] }), "2026-01-08", threeAWeek) },
    ],
    [
      "A month that has begun keeps its old days off",
      "x x · · x · · · · ·   x x",
      { rules: change(off(tenAMonth, { weekdays: WEEKEND }), "2026-01-29", everyDay), first: "2026-01-22" },
    ],
    [
      "The other weekdays of weekdays are days off after the week that has begun",
      "x x x · · · ·   x · ·",
      { rules: change(threeAWeek, "2026-01-07", { cadence: { kind: "weekdays", weekdays: ["monday"] } }) },
    ],
    [
      "Where days are counted, days off change on the day of the change",
      "x x · · x · ·   x x ·",
      {
        rules: change(
          off(everyDay, { weekdays: ["wednesday"] }),
          "2026-01-08",
          off(everyDay, { weekdays: ["thursday"] }),
        ),
      },
    ],
    [
      "With every n days, days off change on the day of the change, and the days may lie on both sides",
      "x · · · · ·",
      { rules: change(everyThree, "2026-01-07", off(everyThree, { weekdays: ["wednesday", "thursday"] })) },
    ],
    ["Each period tells its unit", "x x x · · · ·   x x", { rules: change(threeAWeek, "2026-01-08", workdays) }],
    [
      "A done day off before a change counts as soon as the run counts anything more",
      "x x x x x x ·   x x x",
      { rules: change(workdays, "2026-01-12", threeAWeek) },
    ],
    [
      "A single miss that was allowed stays allowed",
      "x x · x",
      { rules: change(lenient(everyDay), "2026-01-08", everyDay) },
    ],
    [
      "After a single miss that was allowed, the next period must be kept",
      "x x · · x",
      { rules: change(lenient(everyDay), "2026-01-08", everyDay) },
    ],
    [
      "The rules before the change decide what was before",
      "x · x x",
      { rules: change(everyDay, "2026-01-07", lenient(everyDay)) },
    ],
  ]),
  ...section("What the state tells", [
    ["In days, a day off needs nothing", "x x x x x ·", { rules: workdays }],
    ["With a run from before, the whole week is asked for", "x x x · · · ·   · · x", { rules: threeAWeek }],
    ["Without one, what is done can still begin a run", "· · · x ·", { rules: threeAWeek }],
    ["What is done too early to begin a run does not count", "x · · · · · ·", { rules: threeAWeek }],
    ["A run that has begun in this week counts from its beginning", "· · · x · x ·", { rules: threeAWeek }],
    ["A week that is kept as a whole counts as a whole", "· x x x ·", { rules: threeAWeek }],
    ["A skipped week needs nothing", "x x x · · · ·   · ·", { rules: off(threeAWeek, { dates: ALL_WEEK }) }],
    ["lastDate is the day at whose end the run would end", "x · x x ·", { rules: twoInFour }],
    ["Today is the last day, and done, and it is still too little", "x · · x", { rules: threeInFour }],
    ["Without a run, n in any m days asks for today", "x · · · · ·", { rules: twoInFour }],
    ["Days off are not among the m days", "x ·", { rules: off(everyThree, { weekdays: ["wednesday"] }) }],
    [
      "A change of the rules that is still to come plays no part",
      "x ·",
      { rules: change(everyThree, "2026-01-07", workdays) },
    ],
    [
      "The week that is shown begins with weekStart",
      "x · ·",
      { rules: { cadence: { kind: "days_a_week", days: 3, weekStart: "saturday" } } },
    ],
    ["A day after today that is done is done in the week, and open in the explanation", "x |· x", { to: "2026-01-07" }],
  ]),
  ...section("The state of a past day", [
    ["The state of Wednesday, as if nothing had come since", "x x x", { rules: threeAWeek }],
    ["The same user on Friday of the next week", "x x x · · · ·   · · x x ·", { rules: threeAWeek }],
    ["It is not read in a zone to which the user has moved since", "x · |· xA", { homeZone: "Pacific/Honolulu" }],
  ]),
  ...section("Why the number is what it is", [
    ["Periods before the first one that is told are in countedBefore", "x x x x x x", { from: "2026-01-09" }],
    [
      "Each status of a day",
      "x · · x · · ·   x x · · x · ·   · · x · · · ·   · x ·",
      { rules: lenient(off({ cadence: { kind: "days_a_week", days: 3 } }, { weekdays: ["sunday"] })) },
    ],
    ["When two runs have a day, it is told once", "x x x · · x x ·", { rules: threeInFour }],
    [
      "Each missed week may begin a run",
      "· · · x · x ·   · · · x · x ·   · · · x · x ·   · · · x · x ·   ·",
      { rules: lenient(threeAWeek) },
    ],
    [
      "A day that is paused and off is paused",
      "x x x · · · ·",
      { rules: workdays, pauses: [{ from: "2026-01-08", to: "2026-01-10" }] },
    ],
    ["Days before the first done day are missed, and later ones are open", "· · x ·", { to: "2026-01-10" }],
    ["A period is explained as a whole", "x x x · ·", { rules: threeAWeek, from: "2026-01-07" }],
  ]),
];
