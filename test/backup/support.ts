import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { StartError } from "#src/errors.ts";
import { takeDataFolder } from "#src/store/sqlite/folder.ts";
import { newFolder } from "../support/folder.ts";
import { silentLog } from "../support/log.ts";
import type { Exit } from "../support/server.ts";
import { waitUntil } from "../support/wait-until.ts";

/** How many users a database holds: enough for a copy to take several steps. */
export const USERS = 150_000;

/** The flag of Node that has a backup stop amid its copy: see `stop-amid-copy.ts`. */
export const STOP_AMID_COPY = `--import=${new URL("stop-amid-copy.ts", import.meta.url)}`;

/** Makes a data folder whose database says which generation it is of, and holds so many users. */
export async function makeDataFolder(generation: string, users = 3): Promise<string> {
  const folder = await newFolder();
  const { database, release } = await takeDataFolder(folder, silentLog);
  insertUsers(database, users);
  writeGeneration(database, generation);
  await release();
  return folder;
}

function insertUsers(database: DatabaseSync, users: number): void {
  database.exec(`
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${users})
    INSERT INTO facts (project_id, user_hash, kind, event, month, days)
    SELECT 'prj_demo', printf('user%09d', n), 2, 'visit', '2024-01', n FROM numbers`);
}

/** Writes of which generation a database is. */
export function writeGeneration(database: DatabaseSync, generation: string): void {
  database
    .prepare("INSERT INTO settings VALUES ('generation', ?) ON CONFLICT DO UPDATE SET value = excluded.value")
    .run(generation);
}

/** What a database holds, as far as tests look into it. */
export interface Contents {
  readonly generation: string;
  readonly users: number;
}

/** Returns what a file holds, when it is a sound database. */
export function readFile(path: string): Contents {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return contentsOf(database);
  } finally {
    database.close();
  }
}

/** Returns what a data folder holds to a server that starts on it. */
export async function readDataFolder(folder: string): Promise<Contents> {
  const { database, release } = await takeDataFolder(folder, silentLog);
  try {
    return contentsOf(database);
  } finally {
    await release();
  }
}

function contentsOf(database: DatabaseSync): Contents {
  const sound = database.prepare("PRAGMA integrity_check").get()?.integrity_check;
  if (sound !== "ok") {
    throw new Error(`damaged: ${sound}`);
  }
  return {
    generation: database.prepare("SELECT value FROM settings WHERE name = 'generation'").get()?.value as string,
    users: database.prepare("SELECT count(*) AS n FROM facts").get()?.n as number,
  };
}

/** Runs SQL on a database. */
export function changeDatabase(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** Returns the message for the operator with which something is refused. */
export async function refusalOf(refused: Promise<unknown>): Promise<string> {
  const error = await refused.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartError);
  return (error as StartError).message;
}

/** Reads the streak of a user's visits of the demo project. */
export async function stateOf(url: string, userHash: string): Promise<unknown> {
  const query = new URLSearchParams({ siteKey: "proj_demo", userHash, event: "visit" });
  const answer = await fetch(`${url}/v1/state?${query}`);
  return ((await answer.json()) as { streak: unknown }).streak;
}

/** How a command ended, and what it has written. */
export interface Ended extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** Continues a process that stops itself, whether it has done so or is about to, and waits until it has ended. */
export async function continueToEnd(child: ChildProcess | undefined): Promise<void> {
  await waitUntil(() => child?.kill("SIGCONT") !== true);
}

/**
 * Runs a command of streakd, as an operator does.
 *
 * @param dieAt the process is killed right before the step of this number, if it comes so far
 * @param onStart is given the process
 */
export async function runStreakd(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  dieAt?: number,
  onStart?: (child: ChildProcess) => void,
): Promise<Ended> {
  const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
  const imports = dieAt === undefined ? [] : [`--import=${new URL(`die-at-step.ts?${dieAt}`, import.meta.url)}`];
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...imports, main, ...args], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onStart?.(child);
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, "close"),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, signal, stdout, stderr };
}
