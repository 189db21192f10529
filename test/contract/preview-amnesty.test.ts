import { beforeAll, describe, expect, test } from "vitest";
import { createProject, declare, doneOn, preview, takeBack } from "../support/amnesties.ts";
import { useApp } from "../support/app.ts";
import { outcomeOf } from "../support/tokens.ts";

// It is Friday, 2024-01-12, in UTC.

const running = useApp();

const DAYS = { from: "2024-01-09", to: "2024-01-10" };
const WIDGETS = [
  { event: "visit" },
  { event: "read", rules: { daysOff: { weekdays: ["sunday"] } } },
  { event: "all", mode: "cumulative" },
];

/** Users who have done all days from January 1 on but one or two, each another one, and some other things. */
const USERS = Array.from({ length: 20 }, (_, number) => ({
  userHash: `user ${String(number).padStart(2, "0")}`,
  dates: Array.from({ length: 12 }, (_, index) => `2024-01-${String(index + 1).padStart(2, "0")}`).filter(
    (_, index) => index !== number % 13 && index !== (number * 5) % 17,
  ),
}));

beforeAll(async () => {
  const { app } = running;
  await createProject(app, "shop", WIDGETS);
  for (const [number, { userHash, dates }] of USERS.entries()) {
    for (const { event } of number % 3 === 0 ? WIDGETS : WIDGETS.slice(0, 1 + (number % 2))) {
      await doneOn(app, "shop", userHash, dates, event);
    }
  }
  await app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "alias", userHash: "user 03" });
  const pause = { userHashes: ["user 08"], entryId: "p", reason: "Ill", from: "2024-01-08", to: "2024-01-11" };
  await app.admin("POST", "/admin/projects/shop/ledger:pause", pause);
});

interface Streaks {
  readonly userHash: string;
  readonly streaks: readonly { readonly event: string; readonly streak: { current: number; best: number } }[];
}

/** The streaks of all users, as the list of users shows them. */
async function allStreaks(): Promise<readonly Streaks[]> {
  return (await running.app.admin("GET", "/admin/projects/shop/users?pageSize=100")).json.users;
}

/** What a preview must tell of a change between two states of all users. */
function changesBetween(before: readonly Streaks[], after: readonly Streaks[]) {
  return before.flatMap(({ userHash, streaks }, index) => {
    const changes = streaks.flatMap(({ event, streak: was }, place) => {
      const is = after[index]?.streaks[place]?.streak ?? was;
      const told = { currentBefore: was.current, currentAfter: is.current, bestBefore: was.best, bestAfter: is.best };
      return was.current === is.current && was.best === is.best ? [] : [{ event, ...told }];
    });
    return changes.length === 0 ? [] : [{ userHash, changes }];
  });
}

describe("a preview tells exactly whose streaks change, and how, and changes nothing", () => {
  test.each<[string, object]>([
    ["of all widgets", DAYS],
    ["of one widget", { ...DAYS, event: "read" }],
    ["of a cumulative widget", { ...DAYS, event: "all" }],
    ["of a day on which all have done something", { from: "2023-12-31", to: "2023-12-31" }],
  ])("for an amnesty %s, and for taking it back", async (name, asked) => {
    const { app } = running;
    const before = await allStreaks();
    const declared = await preview(app, "shop", asked, 7);
    expect(await allStreaks()).toEqual(before);

    await declare(app, "shop", { ...asked, amnestyId: name });
    const after = await allStreaks();
    expect(declared).toEqual({ users: changesBetween(before, after), lookedAt: 20 });
    expect(declared.users.length > 0).toBe(["of all widgets", "of one widget"].includes(name));
    // The same days once more would change nothing.
    expect((await preview(app, "shop", asked)).users).toEqual([]);

    const taken = await preview(app, "shop", { takenBackId: name }, 3);
    await takeBack(app, "shop", name);
    const afterwards = await allStreaks();
    expect(taken).toEqual({ users: changesBetween(after, afterwards), lookedAt: 20 });
    expect((await preview(app, "shop", { takenBackId: name })).users).toEqual([]);
  });
});

test("a page looks at as many users as it is asked for, though it may tell of none, and is for its preview alone", async () => {
  const { app } = running;
  const path = "/admin/projects/shop/amnesties:preview";
  const first = await app.admin("POST", path, { ...DAYS, pageSize: 1 });
  expect(first.json).toMatchObject({ lookedAt: 1, nextPageToken: expect.stringMatching(/./) });
  const { nextPageToken: pageToken } = first.json;
  expect(outcomeOf(await app.admin("POST", path, { ...DAYS, pageToken }))).toBe("200");
  const others = [{ ...DAYS, to: "2024-01-11" }, { ...DAYS, event: "visit" }, { takenBackId: "of all widgets" }];
  for (const other of others) {
    const refused = await app.admin("POST", path, { ...other, pageToken });
    expect([outcomeOf(refused), refused.json.field]).toEqual(["400 INVALID_BODY", "pageToken"]);
  }
  expect((await app.admin("POST", path, { ...DAYS, pageSize: 5000 })).json).toMatchObject({ lookedAt: 20 });
});

test.each<[string, object, string, string]>([
  ["nothing", {}, "from", "must be given, with to, for a new amnesty; give takenBackId alone for taking one back"],
  ["no first day", { to: "2024-01-10" }, "from", "must be given: an amnesty has a first and a last day"],
  ["no last day", { from: "2024-01-10" }, "to", "must be given: an amnesty has a first and a last day"],
  ["an event alone", { event: "visit" }, "from", "must be given, with to"],
  ["both", { ...DAYS, takenBackId: "a" }, "takenBackId", "can't be given with from: preview either a new amnesty or"],
  ["both, with an event", { event: "visit", takenBackId: "a" }, "takenBackId", "can't be given with event"],
  ["days that are not in order", { from: "2024-01-10", to: "2024-01-09" }, "to", "must not be before from"],
  ["too many days", { from: "2024-01-01", to: "2024-02-01" }, "to", "must be 2024-01-31 or earlier"],
])("%s is INVALID_BODY, and says why", async (_, asked, field, problem) => {
  const { status, json } = await running.app.admin("POST", "/admin/projects/shop/amnesties:preview", asked);
  expect([status, json.error, json.field]).toEqual([400, "INVALID_BODY", field]);
  expect(json.message).toContain(`${field} ${problem}`);
});

test("an amnesty that is not there, and an event without a widget, are told apart", async () => {
  const path = "/admin/projects/shop/amnesties:preview";
  const none = await running.app.admin("POST", path, { takenBackId: "none" });
  expect([outcomeOf(none), none.json.message]).toEqual([
    "404 NOT_FOUND",
    'The project "shop" has no amnesty with the ID "none".',
  ]);
  const answer = await running.app.admin("POST", path, { ...DAYS, event: "vsit" });
  expect([outcomeOf(answer), answer.json.field]).toEqual(["400 INVALID_WIDGET_KIND", "event"]);
});
