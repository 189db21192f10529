import type { RulesJson } from "../contract.ts";
import { everyThree, frozen, GIFT, lenient, off, repairable, section, threeAWeek, WEEKEND } from "../sections.ts";
import type { VectorGiven } from "../vector.ts";

const GRACE = { graceMinutes: 120 };
const rules: RulesJson = { ...GRACE };

export const grace: readonly VectorGiven[] = section("Grace", [
  ["A late event fills the day before, if that is empty", "x · l", { rules }],
  ["It does not count for its own day then", "x · l ·", { rules }],
  ["If the day before is done, it counts for its own day", "x x l", { rules }],
  ["An event for the day before may come days after: the late event moves", "x x l x", { rules, isBackwards: true }],
  ["Late events of one day fill one day", "x · · ll", { rules }],
  ["Late events on days in a row fill one day each", "x · l l l", { rules }],
  ["Late events on days in a row: one is filled by the next one", "· l l l x", { rules }],
  [
    "Late events are settled in the order of the days: a day that its own late event has done is not filled",
    "x x l l",
    { rules },
  ],
  ["A day may have a late event and another one", "x · lx", { rules }],
  ["The day before the first one is filled", "· l x", { rules }],
  ["A late event of the day after today fills today", "x |· l", { rules }],
  ["A day off before is not filled", "x x x x x · l   x", { rules: off(rules, { weekdays: WEEKEND }) }],
  [
    "A day off by the rules is not filled: Monday's event counts for Monday",
    "x x x x x · ·   l",
    { rules: off(rules, { weekdays: WEEKEND }) },
  ],
  ["A paused day is not filled", "x · l", { rules, pauses: [{ from: "2026-01-06", to: "2026-01-06" }] }],
  ["A day with an amnesty is not filled", "x · l", { rules, amnesties: [{ from: "2026-01-06", to: "2026-01-06" }] }],
  ["The day of a repair is filled", "x · ·r l", { rules: { ...repairable({ withinDays: 3 }), ...GRACE } }],
  [
    "A missed day that is filled is not repaired",
    "x · l ·r",
    { rules: { ...repairable({ withinDays: 3 }), ...GRACE } },
  ],
  ["A day filled needs no freeze", "x · l ·", { rules: frozen({}, rules), grants: [GIFT] }],
  ["A day filled wipes a miss out", "x · · l · x", { rules: lenient(rules) }],
  ["A day filled counts for its own week", "x x · · · · ·   l", { rules: { ...threeAWeek, ...GRACE } }],
  ["A day filled counts in windows", "x · · · l ·", { rules: { ...everyThree, ...GRACE } }],
  ["What was late stays so when the rules have no grace any more", "x · l", { rules: {} }],
  ["Today waits for the grace", "x x · |·", { rules, inGrace: true }],
  ["It does not wait when the day before is done", "x x |·", { rules, inGrace: true }],
  ["It does not wait when the day before was filled", "x x · |l", { rules, inGrace: true }],
  ["Outside of the grace, it does not wait", "x x · |·", { rules }],
  [
    "It does not wait when the day before is off",
    "x x x x x · · |·",
    { rules: off(rules, { weekdays: WEEKEND }), inGrace: true },
  ],
  ["It waits on the first day of all", "· |·", { rules, inGrace: true }],
  ["It waits though there is an event of the new day in time", "x x · |x", { rules, inGrace: true }],
  ["It waits in the week as well", "x x x · · · · |·", { rules: { ...threeAWeek, ...GRACE }, inGrace: true }],
  ["A cumulative streak has no grace", "x · l", { mode: "cumulative", rules }],
  ["A cumulative streak does not wait", "x · |·", { mode: "cumulative", rules, inGrace: true }],
]);
