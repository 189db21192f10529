import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { migrate } from "#src/migrate/migrate.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import type { Stores } from "#src/store/stores.ts";
import { NOW } from "../store/conformance/fixture.ts";
import { silentLog } from "../support/log.ts";

/** Makes a data folder; it is removed when the test ends. */
export async function newFolder(fill: (store: Stores) => Promise<unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "streakd-migrate-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await change(folder, fill);
  return folder;
}

/** Opens a data folder as a server would, does something there, and releases it. */
export async function change(folder: string, work: (store: Stores) => Promise<unknown>): Promise<void> {
  const store = await openSqliteStores(folder, silentLog);
  await work(store);
  await store.close();
}

/** Opens the folder and the database that it was migrated into; they are closed when the test ends. */
export async function openBoth(folder: string, uri: string): Promise<readonly [Stores, Stores]> {
  const embedded = await openSqliteStores(folder, silentLog);
  onTestFinished(() => embedded.close());
  const mongo = await openMongoStores(uri, silentLog);
  onTestFinished(() => mongo.close());
  return [embedded, mongo];
}

/** How a migration ended. */
export interface Migrated {
  /** Whether the two were found to be the same. */
  readonly complete: boolean;
  readonly output: string;
}

/** Migrates in this process, at `NOW`. */
export async function migrateHere(dataDir: string, mongodbUri: string): Promise<Migrated> {
  const lines: string[] = [];
  const complete = await migrate(
    { dataDir, mongodbUri },
    () => NOW,
    (line) => void lines.push(line),
  );
  return { complete, output: lines.join("\n") };
}

/**
 * A migration in a process of its own, as `streakd migrate` starts it. It ends with the test's process at the latest.
 */
export interface MigrationProcess {
  /** What it has written so far. */
  readonly output: string;
  /** Waits until a line says this, for the `times`th time. Returns false when the process ends before. */
  says(text: string, times?: number): Promise<boolean>;
  kill(): void;
  /** Its exit code when it has ended; null when it was killed. */
  readonly ended: Promise<number | null>;
}

/** Starts a migration with these settings, and `PATH`, as its environment. */
export function startMigration(env: Readonly<Record<string, string>>): MigrationProcess {
  const dieWithParent = new URL("../support/die-with-parent.ts", import.meta.url);
  const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
  const flags = ["--disable-warning=ExperimentalWarning", `--import=${dieWithParent}`];
  const child = spawn(process.execPath, [...flags, main, "migrate"], {
    env: { PATH: process.env.PATH, ...env },
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => {
      lines.push(line);
      for (const look of waiting) {
        look();
      }
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    get output() {
      return lines.join("\n");
    },
    says(text, times = 1) {
      const said = new Promise<true>((resolve) => {
        const look = () => {
          if (lines.filter((line) => line.includes(text)).length >= times) {
            waiting.delete(look);
            resolve(true);
          }
        };
        waiting.add(look);
        look();
      });
      return Promise.race([said, ended.then(() => false)]);
    },
    kill: () => child.kill("SIGKILL"),
    ended,
  };
}
