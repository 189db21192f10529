import { expect, it } from "vitest";
import { checkIn, DAY, impression, NOW, type OpenStore, ordinary, useStore } from "../fixture.ts";
import { namesOf, usersOf } from "./support.ts";

/** In the order of code points, which is not the one of UTF-16: the last name is of the greatest code point. */
const NAMES = [
  " ",
  "%",
  "%2F",
  "%25",
  "..",
  "/",
  "0",
  "A",
  "Ann",
  "a",
  "an",
  "ann",
  "ann/1",
  "anna",
  "b",
  "é",
  "只",
  "\uffff",
  "🦊",
].toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));

/** What lists of users promise. */
export function describeListing(open: OpenStore): void {
  const current = useStore(open);

  async function come(...names: string[]): Promise<void> {
    await current.store.events.record(
      names.map((userHash) => checkIn({ userHash })),
      NOW,
    );
  }

  it("in the order of code points, whatever characters their names have", async () => {
    await come(...NAMES.toReversed());
    expect(await namesOf(current.store)).toEqual(NAMES);
    for (const limit of [1, 2, 7, NAMES.length]) {
      expect(await namesOf(current.store, { limit }), `by ${limit}`).toEqual(NAMES);
    }
  });

  it("each once, bars in their names or not, and finds each by every prefix of its name", async () => {
    const names = ["a|b", "a|", "|", "a%7Cb", "a", "a}", "a%", "||", "|🦊", "b"];
    await come(...names);
    expect((await namesOf(current.store, { limit: 1 })).toSorted()).toEqual(names.toSorted());
    for (const prefix of new Set(
      names.flatMap((name) => [...name].map((_, end) => [...name].slice(0, end + 1).join(""))),
    )) {
      const expected = names.filter((name) => name.startsWith(prefix)).toSorted();
      expect((await namesOf(current.store, { prefix, limit: 1 })).toSorted(), prefix).toEqual(expected);
    }
  });

  it("by the prefix of their names, as it is written", async () => {
    await come(...NAMES);
    expect(await namesOf(current.store, { prefix: "an" })).toEqual(["an", "ann", "ann/1", "anna"]);
    expect(await namesOf(current.store, { prefix: "ann", limit: 2 })).toEqual(["ann", "ann/1", "anna"]);
    expect(await namesOf(current.store, { prefix: "A" })).toEqual(["A", "Ann"]);
    expect(await namesOf(current.store, { prefix: "%2" })).toEqual(["%25", "%2F"]);
    expect(await namesOf(current.store, { prefix: "🦊" })).toEqual(["🦊"]);
    expect(await namesOf(current.store, { prefix: "ann/2" })).toEqual([]);
  });

  it("with their days by event, and their zones", async () => {
    const batch = [
      checkIn({ tz: "Asia/Tokyo" }),
      checkIn({ day: DAY - 40, tz: "UTC" }),
      checkIn({ event: "__proto__" }),
      checkIn({ event: "a.b$%2E=|" }),
      checkIn({ userHash: "bob", event: "visit" }),
    ];
    await current.store.events.record(batch, NOW);
    expect(await usersOf(current.store)).toEqual([
      {
        userHash: "ann",
        zone: { name: "Asia/Tokyo", at: NOW },
        home: "Asia/Tokyo",
        days: new Map([
          ["like", { ...ordinary(DAY), others: [{ late: false, zone: "UTC", ...ordinary(DAY - 40) }] }],
          ["__proto__", ordinary(DAY)],
          ["a.b$%2E=|", ordinary(DAY)],
        ]),
      },
      { userHash: "bob", days: new Map([["visit", ordinary(DAY)]]) },
    ]);
  });

  it("of one project, and nobody of a project whose id begins alike", async () => {
    await current.store.events.record(
      ["p", "p1", "p1|", "p1}", "p10", "p2"].map((projectId) => checkIn({ projectId, userHash: `of ${projectId}` })),
      NOW,
    );
    expect(await namesOf(current.store)).toEqual(["of p1"]);
    expect(await namesOf(current.store, { projectId: "p3" })).toEqual([]);
  });

  it("not the aliases, whose days are their user's, and nobody who has done no day", async () => {
    await current.store.events.record(
      [
        checkIn({ userHash: "anon", tz: "UTC" }),
        checkIn({ userHash: "ann", day: DAY - 1 }),
        impression({ userHash: "looks" }),
      ],
      NOW,
    );
    await current.store.streaks.linkUser("p1", "anon", "ann");
    await current.store.streaks.linkUser("p1", "never seen", "no days");
    expect(await usersOf(current.store)).toEqual([
      { userHash: "ann", zone: { name: "UTC", at: NOW }, days: new Map([["like", ordinary(DAY, DAY - 1)]]) },
    ]);
    expect(await namesOf(current.store, { prefix: "anon" })).toEqual([]);
  });

  it("to the end, however many names are no users and however many days users have", async () => {
    const aliases = Array.from({ length: 60 }, (_, index) => `alias ${index}`);
    await Promise.all(aliases.map((alias) => current.store.streaks.linkUser("p1", alias, "user")));
    const years = Array.from({ length: 400 }, (_, index) => DAY - 31 * index);
    await current.store.events.record(
      ["x", "y", "z"].flatMap((userHash) =>
        ["a", "b", "c"].flatMap((event) => years.map((day) => checkIn({ userHash, event, day }))),
      ),
      NOW,
    );
    await come("user");
    expect(await namesOf(current.store, { limit: 1000 })).toEqual(["user", "x", "y", "z"]);
  });
}
