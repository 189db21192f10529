import { beforeAll, expect } from "vitest";
import { declare } from "../../support/amnesties.ts";
import { NOW, useSite } from "./support.ts";

/** The milestones of the widgets, in the units that they count. */
const milestones = [
  { target: 2, msg: "Twice!" },
  { target: 5, msg: "Five!" },
];

/** What a user of a widget with rules has done until Friday, 2024-01-12. */
interface Case {
  readonly rules: object;
  readonly mode?: string;
  /** On which days before today: 0 is today. */
  readonly done: readonly number[];
  /** Other events: when, and in which time zone if it is not UTC. */
  readonly at?: readonly (readonly [time: string, tz?: string])[];
  /** From which day on the user is paused, and until when, if the pause is not open. */
  readonly pause?: { readonly from: string; readonly to?: string };
  /** How many freezes the user was granted before. */
  readonly freezes?: number;
  /** From which day on the user has opted out of freezes. */
  readonly optOut?: string;
  /** The day on which there was an amnesty. */
  readonly amnesty?: string;
  /** When the streak was repaired. */
  readonly repair?: string;
}

const THREE_A_WEEK = { cadence: { kind: "days_a_week", days: 3 } };
const FIVE_A_WEEK = { cadence: { kind: "days_a_week", days: 5 } };
const WEEKENDS = { weekdays: ["saturday", "sunday"] };
/** Monday to Friday of the week before, and of the one before it. */
const TWO_WEEKS = [7, 8, 9, 10, 11, 14, 15, 16, 17, 18];

/** Widgets with rules and what a user has done, by the widget's event, which is the user's name, too. */
export const CASES = {
  week: { rules: THREE_A_WEEK, done: [2, 4, ...TWO_WEEKS] },
  kept: { rules: THREE_A_WEEK, done: [1, 3, 4, ...TWO_WEEKS] },
  tight: { rules: FIVE_A_WEEK, done: [1, 4, ...TWO_WEEKS] },
  late: { rules: FIVE_A_WEEK, done: [4, ...TWO_WEEKS] },
  beginning: { rules: THREE_A_WEEK, done: [0] },
  nothing: { rules: THREE_A_WEEK, done: [] },
  sunday: {
    rules: { cadence: { ...THREE_A_WEEK.cadence, weekStart: "sunday" } },
    done: [3, 5, ...TWO_WEEKS],
  },
  month: {
    rules: { cadence: { kind: "days_a_month", days: 9 } },
    done: [1, 2, 4, ...TWO_WEEKS, 21, 22, 23, 24],
  },
  workdays: { rules: { daysOff: WEEKENDS }, done: [1, 2, 3, 4, 7] },
  off: { rules: { cadence: { kind: "weekdays", weekdays: ["monday", "tuesday", "wednesday"] } }, done: [2, 3, 4, 9] },
  welcome: { rules: { daysOff: { dates: ["2024-01-12"] } }, done: [0, 1, 2] },
  excused: { rules: { neverMissTwice: true, daysOff: WEEKENDS }, done: [1, 3, 4] },
  missed: { rules: { daysOff: WEEKENDS }, done: [1, 4] },
  third: { rules: { cadence: { kind: "every_n_days", days: 3 } }, done: [1, 4] },
  last: { rules: { cadence: { kind: "every_n_days", days: 3 } }, done: [3, 5] },
  window: { rules: { cadence: { kind: "days_in_any", days: 2, of: 4 } }, done: [2, 4] },
  total: { rules: THREE_A_WEEK, mode: "cumulative", done: [1, 4] },
  actions: { rules: { counts: "actions" }, mode: "cumulative", done: [1, 1, 3, 0] },
  paused: { rules: {}, done: [2, 3, 4, 7], pause: { from: "2024-01-11", to: "2024-01-14" } },
  openPause: { rules: THREE_A_WEEK, done: [4, ...TWO_WEEKS], pause: { from: "2024-01-10" } },
  doneInPause: { rules: { daysOff: WEEKENDS }, done: [0, 3, 4], pause: { from: "2024-01-10", to: "2024-02-12" } },
  frozen: { rules: { freezes: {} }, done: [1, 3, 4, 5, 6], freezes: 2 },
  frozenTwice: { rules: { freezes: {} }, done: [0, 1, 4, 5], freezes: 2 },
  unfrozen: { rules: { freezes: {} }, done: [1, 2, 3, 4], freezes: 2 },
  thawed: { rules: { freezes: {} }, done: [2, 4], freezes: 1 },
  optedOut: { rules: { freezes: {} }, done: [1, 3, 4], freezes: 2, optOut: "2024-01-10" },
  amnesty: { rules: {}, done: [1, 3, 4], amnesty: "2024-01-10" },
  graced: { rules: { graceMinutes: 120 }, done: [1, 3, 4], at: [["2024-01-11T00:30:00Z"]] },
  bridged: {
    rules: { daysOff: WEEKENDS },
    done: [1, 4],
    at: [
      ["2024-01-09T20:00:00Z", "Europe/London"],
      ["2024-01-11T19:00:00Z", "Europe/Paris"],
    ],
  },
  repaired: { rules: { repairs: { withinDays: 3 } }, done: [1, 4], repair: "2024-01-11T12:00:00Z" },
  repairedToday: { rules: { repairs: { withinDays: 3 } }, done: [3, 4], repair: "2024-01-12T12:00:00Z" },
  repairable: { rules: { repairs: { withinDays: 3 } }, done: [3, 4, 5, 6, 7] },
  optedOutLater: { rules: { freezes: {} }, done: [1, 3, 4], freezes: 2, optOut: "2024-01-11" },
} satisfies Record<string, Case>;

export type CaseName = keyof typeof CASES;

/** A site whose widgets are those of the cases. */
export function useRules() {
  const site = useSite();
  beforeAll(async () => {
    const widgets = Object.entries(CASES).map(([event, { rules, mode = "continuous" }]: [string, Case]) => ({
      event,
      rules,
      mode,
      milestones,
    }));
    await site.app.admin("PATCH", "/admin/projects/site?updateMask=widgets", { widgets });
    for (const [name, fields] of Object.entries<Case>(CASES)) {
      const { done, at = [], pause, freezes: count, optOut: from, amnesty, repair } = fields;
      await site.record(name, done, name);
      for (const [time, tz = "UTC"] of at) {
        site.app.now = Date.parse(time);
        await site.app.record({ siteKey: "site", userHash: name, event: name, tz });
      }
      const decide = async (method: string, fields: object) => {
        const request = { userHashes: [name], event: name, entryId: method, reason: "Asked for", ...fields };
        expect((await site.app.admin("POST", `/admin/projects/site/ledger:${method}`, request)).status).toBe(200);
      };
      if (pause !== undefined) {
        await decide("pause", pause);
      }
      if (count !== undefined) {
        await decide("grantFreezes", { count, from: "2024-01-01" });
      }
      if (from !== undefined) {
        await decide("optOut", { from });
      }
      if (amnesty !== undefined) {
        const days = { amnestyId: name, event: name, from: amnesty, to: amnesty };
        expect((await declare(site.app, "site", days)).status).toBe(200);
      }
      if (repair !== undefined) {
        site.app.now = Date.parse(repair);
        await decide("repair", {});
      }
      site.app.now = NOW;
    }
  });
  return {
    site,
    /** Shows the widgets of some cases, expanded, in one page. Returns the page, and each widget by its case. */
    async open(names: readonly CaseName[], attributes = "") {
      const tags = names.map((name) => site.tag(name, `open ${attributes}`, name)).join("");
      const { page } = await site.visit(`<main><h1>Page</h1>${tags}</main>`);
      const widget = (name: CaseName) => page.locator(`streak-widget[event=${name}]`);
      for (const name of names) {
        await widget(name).locator(".number").waitFor();
      }
      return { page, widget };
    },
  };
}
