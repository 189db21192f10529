import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { StartError } from "#src/errors.ts";
import { MIGRATIONS } from "#src/store/sqlite/migrations.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import type { Stores } from "#src/store/stores.ts";
import { silentLog } from "../../support/log.ts";
import { checkIn, DAY, daysOf, months, NOW } from "../conformance/fixture.ts";

/** How large SQLite's log is when it is written back in any case. */
const FULL_LOG_BYTES = 64 * 2 ** 20;

const newFolder = () => mkdtemp(join(tmpdir(), "streakd-store-"));

describe("the embedded store's data folder", () => {
  let folder: string;
  let database: string;
  beforeEach(async () => {
    folder = await newFolder();
    database = join(folder, "streakd.db");
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Opens the store, and closes it with the test. */
  async function open(path = folder): Promise<Stores> {
    const store = await openSqliteStores(path, silentLog);
    onTestFinished(() => store.close());
    return store;
  }

  /** The message with which the folder is refused. */
  async function refusal(path = folder): Promise<string> {
    const error = await openSqliteStores(path, silentLog).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StartError);
    return (error as StartError).message;
  }

  /** The message with which the folder is refused to a process that is not root's, since root may write anywhere. */
  async function refusalWithoutPrivileges(path: string): Promise<string> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { chownSync, readdirSync } from "node:fs";
        const { openSqliteStores } = await import("#src/store/sqlite/open.ts");
        if (process.getuid() === 0) {
          const nobody = 65534;
          for (const name of ["", ...readdirSync(process.argv[1])]) chownSync(\`\${process.argv[1]}/\${name}\`, nobody, nobody);
          chownSync(process.argv[2], nobody, nobody);
          process.setgid(nobody);
          process.setuid(nobody);
        }
        await openSqliteStores(process.argv[1], { info() {}, warn() {} }).catch((error) => console.log(error.message));`,
        path,
        folder,
      ],
      { cwd: new URL("../../..", import.meta.url) },
    );
    return stdout;
  }

  it("is made when it is missing, with the folders above it", async () => {
    const path = join(folder, "var", "lib");
    await open(path);
    await access(join(path, "streakd.db"));
  });

  it("is refused while this process has it open, by whatever name, and free again after", async () => {
    const store = await openSqliteStores(folder, silentLog);
    expect(await refusal()).toContain(`The data folder ${folder} is in use`);
    const link = join(folder, "link");
    await symlink(folder, link);
    expect(await refusal(link)).toContain("is in use");
    expect(await store.events.record([checkIn()], NOW)).toEqual(["stored"]);
    await store.close();
    await open();
  });

  it("is refused while another process has it open, and survives that process's kill -9 with all it acknowledged", async () => {
    const other = await openInAnotherProcess(
      folder,
      `await store.events.record([${JSON.stringify(checkIn())}], ${NOW})`,
    );
    expect(await refusal()).toBe(
      `The data folder ${folder} is in use: another process holds streakd.lock. Stop that process, which is most likely another streakd, or give this one a data folder of its own.`,
    );
    other.kill("SIGKILL");
    await once(other, "exit");
    expect(await daysOf(await open(), "ann")).toEqual(months(DAY));
  });

  it("can be backed up and read while it is open", async () => {
    const store = await open();
    await store.events.record([checkIn()], NOW);
    const copy = join(folder, "backup");
    await mkdir(copy);
    const source = new DatabaseSync(database, { readOnly: true });
    await backup(source, join(copy, "streakd.db"));
    source.close();
    expect(await store.events.record([checkIn({ day: DAY + 1 })], NOW)).toEqual(["stored"]);
    expect(await daysOf(await open(copy), "ann")).toEqual(months(DAY));
  });

  it("has its log written back into the database while events come, long before the log is full", async () => {
    const store = await open();
    const { size } = await stat(database);
    let users = 0;
    while ((await stat(database)).size === size) {
      await store.events.record(
        Array.from({ length: 100 }, () => checkIn({ userHash: `user${users++}` })),
        NOW,
      );
    }
    expect((await stat(`${database}-wal`)).size).toBeLessThan(FULL_LOG_BYTES / 2);
  });

  it("is one whole file again when it is closed", async () => {
    const store = await openSqliteStores(folder, silentLog);
    await store.events.record([checkIn()], NOW);
    await store.close();
    expect((await readdir(folder)).sort()).toEqual(["streakd.db", "streakd.lock"]);
  });

  it("is refused when a file is in its place", async () => {
    const path = join(folder, "file");
    await writeFile(path, "");
    expect(await refusal(path)).toContain("a file is in its place. Move the file away");
    expect(await refusal(join(path, "below"))).toContain("a file is in its place. Move the file away");
  });

  it("is refused when it can't be written", async () => {
    const path = join(folder, "locked");
    await mkdir(path, { mode: 0o500 });
    expect(await refusalWithoutPrivileges(path)).toContain("can't be written. Give the user that runs streakd");
  });

  it.each(["streakd.db", "streakd.lock"])("is refused when %s in it can't be written", async (name) => {
    await (await openSqliteStores(folder, silentLog)).close();
    await chmod(join(folder, name), 0o400);
    expect(await refusalWithoutPrivileges(folder)).toContain(`${join(folder, name)} can't be opened for writing`);
  });

  it("is refused when it can't be made", async () => {
    expect(await refusal(join(folder, "x".repeat(256)))).toContain("can't be made (ENAMETOOLONG");
  });

  it("is refused when the database in it is no database", async () => {
    await writeFile(database, "This is no database. ".repeat(1000));
    expect(await refusal()).toContain(`${database} is damaged, or is not a SQLite database. Move it away`);
  });

  it("is refused when the database in it is another program's, and leaves it as it is", async () => {
    const other = new DatabaseSync(database);
    other.exec("CREATE TABLE projects (name TEXT)");
    other.close();
    expect(await refusal()).toContain(`${database} is no database of streakd`);
  });

  it("is refused when its lock is damaged, with the advice to delete it", async () => {
    const lock = join(folder, "streakd.lock");
    await writeFile(lock, "This is no database. ".repeat(1000));
    expect(await refusal()).toBe(`${lock} is damaged. It holds nothing: delete it.`);
  });

  it("lets nobody else read what it keeps, even in a folder that others may read", async () => {
    await chmod(folder, 0o755);
    const store = await open();
    await store.events.record([checkIn()], NOW);
    for (const name of await readdir(folder)) {
      expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
    }
  });

  it("is refused when the database in it is a folder", async () => {
    await mkdir(database);
    expect(await refusal()).toContain(`${database} can't be opened for writing`);
  });

  it("is refused when a newer streakd wrote it, and is left as it is", async () => {
    await (await openSqliteStores(folder, silentLog)).close();
    changeDatabase(database, "PRAGMA user_version = 1000");
    expect(await refusal()).toContain(`${database} was written by a newer streakd. The schema has version 1000`);
    changeDatabase(database, `PRAGMA user_version = ${MIGRATIONS.length}`);
    await open();
  });

  it("is free again after it was refused", async () => {
    await writeFile(database, "This is no database. ".repeat(1000));
    await refusal();
    await rm(database);
    await open();
  });
});

function changeDatabase(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** Opens the store in a process of its own, which runs `work` on it and then holds it until it is killed. */
async function openInAnotherProcess(folder: string, work: string): Promise<ChildProcess> {
  const program = `
    import { openSqliteStores } from ${JSON.stringify(import.meta.resolve("#src/store/sqlite/open.ts"))};
    const store = await openSqliteStores(${JSON.stringify(folder)}, { info() {}, warn() {} });
    ${work};
    console.log("ready");
    setInterval(() => store, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => Promise.reject(new Error("The other process ended before it had the store open."))),
  ]);
  return child;
}
