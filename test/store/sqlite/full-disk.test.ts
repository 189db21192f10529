import { execFile } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { Connection } from "#src/store/sqlite/connection.ts";
import { mountSmallDisk } from "../../support/small-disk.ts";

/** SQLite's code for a failed sync. File systems that tell of a full disk only then can't be mounted everywhere. */
const IOERR_FSYNC = 1034;

test("a sync that fails lasts until there is room if the disk is full, and otherwise may pass", async (context) => {
  const folder = await mountSmallDisk(context);
  const database = new DatabaseSync(join(folder, "streakd.db"));
  onTestFinished(() => database.close());
  const connection = new Connection(database);
  const failToSync = () =>
    connection.write(() => {
      throw Object.assign(new Error("disk I/O error"), { errcode: IOERR_FSYNC });
    });
  await expect(failToSync()).rejects.toMatchObject({ code: "OVERLOADED", isDiskFull: false });
  await promisify(execFile)("dd", ["if=/dev/zero", `of=${join(folder, "filler")}`, "bs=4k"]).catch(() => undefined);
  await expect(failToSync()).rejects.toMatchObject({ code: "OVERLOADED", isDiskFull: true });
});
