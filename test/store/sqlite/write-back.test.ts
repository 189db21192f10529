import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { WriteBack } from "#src/store/sqlite/write-back.ts";
import { newFolder } from "../../support/folder.ts";
import { createKeptLog, silentLog } from "../../support/log.ts";

it("can't write back while the database can't be opened, holds nobody up, and does once it can", async () => {
  const folder = join(await newFolder(), "missing");
  const path = join(folder, "log.db");
  const log = createKeptLog();
  const writeBack = new WriteBack(path, log);
  onTestFinished(() => writeBack.close());
  writeBack.note(1_000);
  await expect.poll(() => log.lines.length).toBe(1);

  await mkdir(folder);
  const database = new DatabaseSync(path);
  onTestFinished(() => database.close());
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (b); INSERT INTO t VALUES (zeroblob(1000000))");
  expect((await stat(path)).size).toBeLessThan(1_000_000);

  await expect
    .poll(async () => {
      writeBack.note(1_000);
      return (await stat(path)).size;
    })
    .toBeGreaterThan(1_000_000);
});

it("reports once that it can't write back, not with every pass", async () => {
  const log = createKeptLog();
  const writeBack = new WriteBack("/nowhere/streakd.db", log);
  await expect
    .poll(() => {
      writeBack.note(1_000);
      return log.lines.length;
    })
    .toBe(1);
  for (let pass = 0; pass < 3; pass++) {
    writeBack.note(1_000);
    await nextTurn();
  }
  await writeBack.close();
  expect(log.lines).toMatchObject([{ level: "warn", details: { err: expect.any(Error) } }]);
});

it("can be closed when there was nothing to write back", async () => {
  const writeBack = new WriteBack("/nowhere/streakd.db", silentLog);
  writeBack.note(1);
  await writeBack.close();
});
