import { expect, it, onTestFinished } from "vitest";
import { takeDataFolder } from "#src/store/sqlite/folder.ts";
import { createSqliteStores } from "#src/store/sqlite/stores.ts";
import type { AskedActions } from "#src/store/streaks.ts";
import { newFolder } from "../../support/folder.ts";
import { silentLog } from "../../support/log.ts";
import { checkIn, DAY, NOW } from "../conformance/fixture.ts";

/** Opens a store in this thread, and notes which statements run, by the tables and kinds of rows that they name. */
async function openCounted() {
  const folder = await takeDataFolder(await newFolder(), silentLog);
  const { database } = folder;
  const ran: string[] = [];
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) =>
    new Proxy(prepare(sql), {
      get: (statement, name) => {
        const method = statement[name as "run"].bind(statement);
        return (...values: Parameters<typeof method>) => {
          ran.push(sql.trim().replaceAll(/\s+/g, " "));
          return method(...values);
        };
      },
    });
  const store = createSqliteStores(folder, silentLog);
  onTestFinished(() => store.close());
  const rows = () => prepare("SELECT kind, analytics_id, tz, meta FROM facts ORDER BY kind, day, analytics_id").all();
  return {
    store,
    rows,
    /** Records one event. Returns the statements that it took beside those of the notes of changes. */
    async record(fields: Parameters<typeof checkIn>[0]): Promise<string[]> {
      ran.length = 0;
      await store.events.record([checkIn(fields)], NOW);
      return ran.filter((sql) => sql.includes("facts"));
    },
    /** Reads a streak. Returns the statements that it took. */
    async read(actions?: AskedActions): Promise<string[]> {
      ran.length = 0;
      await store.streaks.readStreaks([
        { projectId: "p1", userHash: "ann", event: "like", ...(actions && { actions }) },
      ]);
      return [...ran];
    },
  };
}

it("an event of a user who is at home takes as many statements and rows as ever", async () => {
  const { record, rows, read } = await openCounted();
  const first = await record({ tz: "Europe/Paris" });
  const later = await record({ tz: "Europe/Paris", day: DAY + 1, at: NOW + 1 });
  const repeat = await record({ tz: "Europe/Paris", day: DAY + 1, at: NOW + 2 });

  // The user is looked up, the zone raised, and day and event are written in one statement.
  expect(first.map((sql) => sql.split(" ")[0])).toEqual(["SELECT", "INSERT", "INSERT"]);
  expect(first.join().includes("?12")).toBe(false);
  expect(later).toEqual(first);
  expect(repeat).toEqual(first);
  expect(rows()).toEqual([
    { kind: 1, analytics_id: "", tz: "Europe/Paris", meta: null },
    { kind: 2, analytics_id: "", tz: null, meta: null },
    { kind: 3, analytics_id: "", tz: "Europe/Paris", meta: null },
    { kind: 3, analytics_id: "", tz: "Europe/Paris", meta: null },
  ]);
  expect(await read()).toHaveLength(1);
});

it("an event without a zone takes two statements", async () => {
  const { record } = await openCounted();
  const first = await record({});
  expect(first.map((sql) => sql.split(" ")[0])).toEqual(["SELECT", "INSERT"]);
  expect(await record({ day: DAY + 1 })).toEqual(first);
});

it("an action takes one statement more if it is known, and two if it is new", async () => {
  const { record, rows } = await openCounted();
  const ordinary = await record({});
  const first = await record({ action: "a" });
  const known = await record({ action: "a" });
  const second = await record({ action: "b", receivedAt: NOW + 1 });

  expect(first.slice(0, 2)).toEqual(ordinary);
  expect(first.slice(2).map((sql) => sql.split(" ")[0])).toEqual(["INSERT", "INSERT"]);
  expect(known).toEqual(first.slice(0, 3));
  expect(second).toEqual(first);
  expect(rows().map(({ kind, analytics_id: id }) => `${kind} ${id}`)).toEqual(["2 ", "3 ", "5 a", "5 b", "6 "]);
});

it("a state reads of actions what is asked for, in one statement", async () => {
  const { record, read } = await openCounted();
  await record({ action: "a" });
  await record({ action: "b" });
  const [plain, total, ofDays] = [await read(), await read("total"), await read("of_days")];
  expect([plain, total, ofDays].map((ran) => ran.length)).toEqual([1, 1, 1]);
  expect([plain, total, ofDays].map(([sql]) => /kind = [56]/.exec(sql ?? "")?.[0])).toEqual([
    ...[undefined, "kind = 6", "kind = 5"],
  ]);
});

it("the first event in another zone takes one statement more, and the others none", async () => {
  const { record, rows, read } = await openCounted();
  await record({ tz: "Europe/Paris" });
  const first = await record({ tz: "Asia/Tokyo", at: NOW + 1 });
  const later = await record({ tz: "Asia/Tokyo", day: DAY + 1, at: NOW + 2 });

  expect(first.map((sql) => sql.split(" ")[0])).toEqual(["SELECT", "UPDATE", "INSERT", "INSERT"]);
  expect(later).toEqual(first.filter((sql) => !sql.startsWith("UPDATE")));
  expect(rows()).toEqual([
    { kind: 1, analytics_id: "", tz: "Asia/Tokyo", meta: "Europe/Paris" },
    { kind: 2, analytics_id: "", tz: null, meta: null },
    { kind: 2, analytics_id: "@Asia/Tokyo", tz: null, meta: null },
    { kind: 3, analytics_id: "", tz: "Europe/Paris", meta: null },
    { kind: 3, analytics_id: "@Asia/Tokyo", tz: "Asia/Tokyo", meta: null },
    { kind: 3, analytics_id: "@Asia/Tokyo", tz: "Asia/Tokyo", meta: null },
  ]);
  expect(await read()).toHaveLength(1);
});
