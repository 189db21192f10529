import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { move } from "#src/migrate/migrate.ts";
import { openMongoStore } from "#src/store/mongo/open.ts";
import { openEmbeddedStore } from "#src/store/sqlite/open.ts";
import type { StreakStore } from "#src/store/streak-store.ts";
import { NOW } from "../store/conformance/fixture.ts";

/** Makes a data folder; it is removed when the test ends. */
export async function newFolder(fill: (store: StreakStore) => Promise<unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "streakd-move-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await change(folder, fill);
  return folder;
}

/** Opens a data folder as a server would, does something there, and lets go of it. */
export async function change(folder: string, work: (store: StreakStore) => Promise<unknown>): Promise<void> {
  const store = await openEmbeddedStore(folder);
  await work(store);
  await store.close();
}

/** Opens what was moved from and what was moved to; they are closed when the test ends. */
export async function openBoth(folder: string, uri: string): Promise<readonly [StreakStore, StreakStore]> {
  const embedded = await openEmbeddedStore(folder);
  onTestFinished(() => embedded.close());
  const mongo = await openMongoStore(uri);
  onTestFinished(() => mongo.close());
  return [embedded, mongo];
}

/** What a move came to. */
export interface Moved {
  /** Whether the two were found to be the same. */
  readonly complete: boolean;
  readonly output: string;
}

/** Moves in this process, at `NOW`. */
export async function moveHere(dataDir: string, mongodbUri: string): Promise<Moved> {
  const lines: string[] = [];
  const complete = await move(
    { dataDir, mongodbUri },
    () => NOW,
    (line) => void lines.push(line),
  );
  return { complete, output: lines.join("\n") };
}

/** A move in a process of its own, as `npm run move` starts it. It ends with the test's process at the latest. */
export interface MoveProcess {
  /** What it has written so far. */
  readonly output: string;
  /** Waits until a line says this, for the `times`th time. Answers false when the process ends before. */
  says(text: string, times?: number): Promise<boolean>;
  kill(): void;
  /** Its exit code when it has ended; null when it was killed. */
  readonly ended: Promise<number | null>;
}

/** Starts a move with these settings, and `PATH`, as its environment. */
export function startMove(env: Readonly<Record<string, string>>): MoveProcess {
  const dieWithParent = new URL("../support/die-with-parent.ts", import.meta.url);
  const main = fileURLToPath(new URL("../../src/migrate/main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", `--import=${dieWithParent}`, main], {
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
