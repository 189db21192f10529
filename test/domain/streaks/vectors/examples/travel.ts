import { everyThree, frozen, GIFT, lenient, off, repairable, section, sevenAWeek, workdays } from "../sections.ts";
import type { VectorGiven } from "../vector.ts";

const HAWAII = "Pacific/Honolulu";
const PAGO = "Pacific/Pago_Pago";
const SAMOA = "Pacific/Apia";
const LONDON = "Europe/London";
const PARIS = "Europe/Paris";

export const travel: readonly VectorGiven[] = section("Travel", [
  ["From Honolulu to Auckland", "x · xA", { homeZone: HAWAII, zone: "Pacific/Auckland" }],
  ["From London to Paris", "x · xQ", { homeZone: LONDON, zone: PARIS }],
  ["From Paris to London", "x · xL", { homeZone: PARIS, zone: LONDON }],
  ["From Paris to Berlin", "x · xB", { homeZone: PARIS, zone: "Europe/Berlin" }],
  ["From Pago Pago to Kiritimati", "x · · xK", { homeZone: PAGO, zone: "Pacific/Kiritimati" }],
  ["From Honolulu to Auckland, two days are too many", "x · · xA", { homeZone: HAWAII, zone: "Pacific/Auckland" }],
  [
    "From Pago Pago to Kiritimati, three days are too many",
    "x · · · xK",
    { homeZone: PAGO, zone: "Pacific/Kiritimati" },
  ],
  ["A bridged day does not count", "x x · xA x", { homeZone: HAWAII, zone: "Pacific/Auckland" }],
  ["An event at home on the same day does not hurt", "x · xxA", { homeZone: HAWAII }],
  ["One event of each day is enough", "xxT · xxK", { homeZone: HAWAII }],
  ["Two events in another zone than home", "xL · xQ", { homeZone: HAWAII, zone: PARIS }],
  ["One more event in the middle takes no bridge away", "x · x xK", { homeZone: PAGO, zone: "Pacific/Kiritimati" }],
  ["A date that Samoa has left out", "x · x", { homeZone: SAMOA, first: "2011-12-29" }],
  ["Before and after a date that Samoa has left out", "x · · x", { homeZone: SAMOA, first: "2011-12-28" }],
  ["Another date is too many", "x · · xK", { homeZone: SAMOA, zone: "Pacific/Kiritimati", first: "2011-12-29" }],
  [
    "A midnight that comes twice: the day is over when it comes first",
    "xJ · xC",
    { homeZone: HAWAII, zone: "America/Santiago", first: "2010-11-05" },
  ],
  [
    "A midnight that comes twice: the day begins when it comes first",
    "xC · xJ",
    { homeZone: HAWAII, zone: "America/St_Johns", first: "2010-11-05" },
  ],
  [
    "A midnight that the clock skips: the day begins with the hour after it",
    "xM · xE",
    { homeZone: HAWAII, zone: "Asia/Beirut", first: "2024-03-29" },
  ],
  [
    "On the day after, the clocks are an hour apart",
    "xM · xE",
    { homeZone: HAWAII, zone: "Asia/Beirut", first: "2024-03-30" },
  ],
  [
    "Half an hour is enough",
    "x · xW",
    { homeZone: "Australia/Sydney", zone: "Australia/Lord_Howe", first: "2026-06-10" },
  ],
  [
    "In summer of the south, both have the same time",
    "x · xW",
    { homeZone: "Australia/Sydney", zone: "Australia/Lord_Howe" },
  ],
  ["At most two days in 30 are bridged", "x · xL · xT · xA", { homeZone: HAWAII, zone: "Pacific/Auckland" }],
  [
    "The day after, there is room again",
    `x · xL · xT ${"xT ".repeat(26)} · xA`,
    { homeZone: HAWAII, zone: "Pacific/Auckland", from: "2026-02-01" },
  ],
  [
    "A day before, there is none",
    `x · xL · xT ${"xT ".repeat(25)} · xA`,
    { homeZone: HAWAII, zone: "Pacific/Auckland", from: "2026-02-01" },
  ],
  [
    "Of two days, the first one takes the room that is left",
    "xP · xLxP · · xK",
    { homeZone: HAWAII, zone: "Pacific/Kiritimati" },
  ],
  ["Today counts as done, in the zone that decides it", "x x · |·", { homeZone: HAWAII, zone: "Pacific/Auckland" }],
  ["At home, nothing is bridged yet", "x x · |·", { homeZone: HAWAII }],
  [
    "When today is over without an event, nothing is bridged any more",
    "x x · · |·",
    { homeZone: HAWAII, zone: "Pacific/Auckland" },
  ],
  ["A day may come twice on the way west", "xA x", { homeZone: HAWAII }],
  [
    "Days after today: today counts as done for best, too, and is not bridged",
    "x · |· xK",
    { homeZone: PAGO, zone: "Pacific/Kiritimati" },
  ],
  [
    "Never miss twice: a bridged day is no miss",
    "xP · xLxP · · xK",
    { rules: lenient({}), homeZone: HAWAII, zone: "Pacific/Kiritimati" },
  ],
  [
    "A bridged day needs no freeze",
    "x · xA",
    { rules: frozen({}), grants: [GIFT], homeZone: HAWAII, zone: "Pacific/Auckland" },
  ],
  [
    "A bridged day lowers what a week needs",
    "x x x · xA xA xA",
    { rules: sevenAWeek, homeZone: HAWAII, zone: "Pacific/Auckland" },
  ],
  [
    "Every 3 days: a bridged day does not use up the days",
    "x · xA · · ·",
    { rules: everyThree, homeZone: HAWAII, zone: "Pacific/Auckland" },
  ],
  [
    "A bridged day that is paused is paused",
    "x · xA",
    { homeZone: HAWAII, zone: "Pacific/Auckland", pauses: [{ from: "2026-01-06", to: "2026-01-06" }] },
  ],
  [
    "A bridged day that has an amnesty has it",
    "x · xA",
    { homeZone: HAWAII, zone: "Pacific/Auckland", amnesties: [{ from: "2026-01-06", to: "2026-01-06" }] },
  ],
  [
    "A bridged day that is off by the rules is off, and takes its room",
    "x x x x x x ·   xA · xKx · xA",
    { rules: workdays, homeZone: HAWAII, zone: "Pacific/Auckland" },
  ],
  [
    "A day off by the rules that is bridged is off",
    "x · xA",
    { rules: off({}, { dates: ["2026-01-06"] }), homeZone: HAWAII, zone: "Pacific/Auckland" },
  ],
  [
    "A repair between bridged days",
    "x · · xr · xA",
    { rules: repairable({ withinDays: 3 }), homeZone: HAWAII, zone: "Pacific/Auckland" },
  ],
  [
    "A day that a late event fills is dated by its zone",
    "· · lA",
    { rules: { graceMinutes: 120 }, homeZone: HAWAII, zone: "Pacific/Auckland" },
  ],
  [
    "A late event fills a day before it would be bridged",
    "x · lA",
    { rules: { graceMinutes: 120 }, homeZone: HAWAII, zone: "Pacific/Auckland" },
  ],
  [
    "A late event dates the day before for travel, also when it counts for its own day",
    "x · x lQ",
    { rules: { graceMinutes: 120 }, homeZone: LONDON, zone: PARIS },
  ],
  [
    "A day that a late event fills in another zone ends a journey",
    "x · · lA",
    { rules: { graceMinutes: 120 }, homeZone: HAWAII, zone: "Pacific/Auckland" },
  ],
  [
    "Events that are sent twice change nothing",
    "xx · xAxA",
    { homeZone: HAWAII, zone: "Pacific/Auckland", isBackwards: true },
  ],
  [
    "A cumulative streak needs no days between",
    "x · xA",
    { mode: "cumulative", homeZone: HAWAII, zone: "Pacific/Auckland" },
  ],
]);
