import { expect } from "vitest";
import type { TestApp } from "../../../support/app.ts";

/**
 * A project whose widgets have rules, and three users of it: the first has freezes, the second was ill and is on holiday, and
 * the third has travelled and was repaired.
 */
export const BOOK_CLUB = "book_club";
export const READER = "mia";
export const PAUSED_READER = "noa";
export const REPAIRED_READER = "lia";

const DAY_MS = 86_400_000;

/** The rules of reading: three days a week, of which Christmas asks for less, and freezes for weeks that were missed. */
const RULES = {
  cadence: { kind: "days_a_week", days: 3 },
  neverMissTwice: true,
  freezes: { earnEvery: 4, maxEarned: 2 },
  repairs: { withinDays: 7, onceInDays: 90, price: "freeze" },
  graceMinutes: 120,
  daysOff: { holidays: ["Christmas"] },
};

const WIDGET = {
  event: "chapter_read",
  rules: RULES,
  milestones: [
    { id: "month", target: 4, msg: "Four weeks of reading" },
    { id: "half", target: 26, msg: "Half a year!" },
  ],
  settings: { theme: { name: "forest" } },
};

/** For those who want to read every day. */
const DAILY_WIDGET = {
  event: "page_read",
  rules: { repairs: { withinDays: 3, onceInDays: 30 }, graceMinutes: 120 },
};

const PROJECT = {
  ...{ siteKey: BOOK_CLUB, name: "Book club", live: false, timeZone: "Europe/Berlin" },
  holidays: [{ name: "Christmas", dates: ["2026-12-24", "2026-12-25", "2026-12-26"] }],
  widgets: [WIDGET, DAILY_WIDGET],
};

/**
 * On how many days before Thursday, 2026-10-15, the reader has read: three times in most weeks, once in each of two weeks
 * in a row, and twice this week so far.
 */
const READ = [1, 3, 5, 8, 9, 12, 15, 17, 24, 29, 32, 36, 38, 40, 43, 45, 47, 50, 52, 54, 57, 59];

/** The day of which the reader's phone told only two days later. */
const LATE = 8;

/** On how many days before today the other reader has read: not while she was ill, and not on holiday. */
const READ_BY_PAUSED = [5, 6, 8, 10, 12, 15, 17, 19, 36, 38, 41, 43, 45, 47, 50, 52, 54];

/** Where the third reader was on holiday, and where she lives. */
const [AWAY, HOME] = ["America/Los_Angeles", "Europe/Berlin"];

/**
 * When the third reader has read, and where: every day, but for the one that she has lost on the flight home, and two on
 * which she was ill. The page of October 8 was read after midnight.
 */
const READ_BY_REPAIRED = [
  ...["2026-10-01", "2026-10-02"].map((date) => [`${date}T21:15:00-07:00`, AWAY]),
  ["2026-10-03T07:40:00-07:00", AWAY],
  ["2026-10-05T19:30:00+02:00", HOME],
  ...["2026-10-06", "2026-10-07"].map((date) => [`${date}T21:10:00+02:00`, HOME]),
  ...["2026-10-09T00:40:00+02:00", "2026-10-09T21:25:00+02:00"].map((ts) => [ts, HOME]),
  ...["2026-10-12", "2026-10-13", "2026-10-14"].map((date) => [`${date}T20:50:00+02:00`, HOME]),
] as const;

/** Two freezes for the first reader. */
const TESTER = { event: WIDGET.event, count: 2, reason: "Thanks for testing, ticket 805" };

/** What was decided about the readers, and how many days ago. */
const DECISIONS = {
  [READER]: [
    [15, "grantFreezes", { ...TESTER, entryId: "thanks-2026-09", from: "2026-09-30", to: "2026-12-31" }],
    [9, "optOut", { entryId: "no-freezes", reason: "Wants no help, ticket 809", from: "2026-10-06" }],
    [7, "optIn", { entryId: "freezes-again", reason: "Likes them after all, ticket 812", from: "2026-10-08" }],
    [5, "grantFreezes", { ...TESTER, entryId: "thanks-2026-10", from: "2026-10-10" }],
    [4, "takeBack", { entryId: "not-twice", reason: "Granted twice", takenBackId: "thanks-2026-10" }],
  ],
  [PAUSED_READER]: [
    [33, "pause", { entryId: "ill-2026-09", reason: "Ill, ticket 803", from: "2026-09-12", to: "2026-10-11" }],
    [20, "unpause", { entryId: "well-2026-09", reason: "Well again, ticket 803", from: "2026-09-26" }],
    [4, "pause", { entryId: "wales", reason: "Hiking in Wales, ticket 817", from: "2026-10-11", to: "2026-11-01" }],
    [
      3,
      "pause",
      { entryId: "wales-2", reason: "Hiking in Wales, ticket 817", from: "2026-10-11", event: WIDGET.event },
    ],
    [2, "takeBack", { entryId: "not-wales-2", reason: "Made twice", takenBackId: "wales-2" }],
  ],
  [REPAIRED_READER]: [
    [3.3, "repair", { entryId: "lea-2026-10", reason: "Ill, ticket 822", event: DAILY_WIDGET.event }],
    [3.2, "takeBack", { entryId: "not-lia", reason: "Ticket 822 is of lea", takenBackId: "lea-2026-10" }],
    [3, "repair", { entryId: "ill-2026-10", reason: "Ill, ticket 823", event: DAILY_WIDGET.event }],
  ],
} as const;

/** The outage of a day that the first reader has done and that is before the first day of the other: it changes no streak. */
const OUTAGE = { from: "2026-08-19", to: "2026-08-19", reason: "Sign-in was down from 18:00 to 23:00" };

/** The amnesties, and how many days ago they were declared. */
const AMNESTIES = [
  [56, { ...OUTAGE, amnestyId: "outage-2026-08-18", from: "2026-08-18", to: "2026-08-18" }],
  [55, { ...OUTAGE, amnestyId: "outage-2026-08-19" }],
  [1, { amnestyId: "new-library", from: "2026-11-14", to: "2026-11-15", reason: "We move to another library" }],
] as const;

/** Makes the project, and lets time pass while the reader reads. */
export async function fillBookClub(app: TestApp, now: number): Promise<void> {
  app.now = now - 66 * DAY_MS;
  expect((await app.admin("POST", "/admin/projects", PROJECT)).status).toBe(201);
  for (const days of READ.toReversed()) {
    // In the evening, each time a bit later or earlier.
    const ts = now - days * DAY_MS + (((days * 37) % 90) - 45) * 60_000;
    app.now = ts + (days === LATE ? 2 * DAY_MS : 2_000);
    const event = { siteKey: BOOK_CLUB, event: WIDGET.event, userHash: READER, tz: "Europe/Berlin" };
    await app.record({ ...event, ts: new Date(ts).toISOString() });
  }
  for (const days of READ_BY_PAUSED.toReversed()) {
    app.now = now - days * DAY_MS;
    const event = { siteKey: BOOK_CLUB, event: WIDGET.event, userHash: PAUSED_READER, tz: "Europe/Berlin" };
    await app.record({ ...event, ts: new Date(app.now).toISOString() });
  }
  for (const [ts, tz] of READ_BY_REPAIRED) {
    app.now = Date.parse(ts);
    await app.record({ siteKey: BOOK_CLUB, event: DAILY_WIDGET.event, userHash: REPAIRED_READER, tz, ts });
  }
  for (const [user, decisions] of Object.entries(DECISIONS)) {
    for (const [days, verb, fields] of decisions) {
      app.now = now - days * DAY_MS;
      const change = { userHashes: [user], ...fields };
      expect((await app.admin("POST", `/admin/projects/${BOOK_CLUB}/ledger:${verb}`, change)).status).toBe(200);
    }
  }
  const amnesties = `/admin/projects/${BOOK_CLUB}/amnesties`;
  for (const [days, amnesty] of AMNESTIES) {
    app.now = now - days * DAY_MS;
    expect((await app.admin("POST", amnesties, amnesty)).status).toBe(200);
  }
  app.now = now - 55 * DAY_MS;
  const wrong = { reason: "It was the day after" };
  expect((await app.admin("POST", `${amnesties}/outage-2026-08-18:takeBack`, wrong)).status).toBe(200);
  app.now = now;
}
