import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { migrateSchema } from "#src/store/sqlite/migrations.ts";
import { createKeptLog, silentLog } from "../../support/log.ts";

describe("a migration of the embedded database", () => {
  function openInMemory(): DatabaseSync {
    const database = new DatabaseSync(":memory:");
    onTestFinished(() => database.close());
    return database;
  }
  const versionOf = (database: DatabaseSync) => database.prepare("PRAGMA user_version").get()?.user_version;
  const first = "CREATE TABLE notes (text TEXT)";
  const second = "ALTER TABLE notes ADD COLUMN author TEXT; UPDATE notes SET author = 'nobody'";

  it("brings an older database forward, with what is in it, and runs once", () => {
    const database = openInMemory();
    migrateSchema(database, [first], silentLog);
    database.exec("INSERT INTO notes VALUES ('kept')");
    migrateSchema(database, [first, second], silentLog);
    migrateSchema(database, [first, second], silentLog);
    expect({ ...database.prepare("SELECT * FROM notes").get() }).toEqual({ text: "kept", author: "nobody" });
    expect(versionOf(database)).toBe(2);
  });

  it("is reported when it changes a database, not when it makes one or changes nothing", () => {
    const database = openInMemory();
    const log = createKeptLog();
    migrateSchema(database, [first], log);
    migrateSchema(database, [first], log);
    expect(log.lines).toEqual([]);
    migrateSchema(database, [first, second], log);
    expect(log.lines).toMatchObject([{ level: "info", details: { from: 1, to: 2 } }]);
  });

  it("that fails halfway leaves the database at the version before it", () => {
    const database = openInMemory();
    expect(() => migrateSchema(database, [first, `${second}; SELECT * FROM missing`], silentLog)).toThrow(
      "no such table: missing",
    );
    expect(versionOf(database)).toBe(1);
    expect(database.prepare("SELECT * FROM pragma_table_info('notes')").all()).toHaveLength(1);
    migrateSchema(database, [first, second], silentLog);
    expect(versionOf(database)).toBe(2);
  });
});
