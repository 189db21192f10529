import { execFile } from "node:child_process";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Logger } from "pino";
import type { BackupConfig } from "../config/backups.ts";
import type { BackupObserver } from "../observe/backups.ts";
import { removeUnfinished } from "./files.ts";
import { isUnfinished, scheduledAmong, scheduledName, timeOf } from "./scheduled-files.ts";

/** How often it is looked whether a backup is due, in milliseconds: whatever the clock does, none is later than that. */
const LOOK_MS = 60_000;

/** The pause after a backup that has failed, in milliseconds. */
const RETRY_MS = 10 * 60_000;

/** The program that makes one backup. */
const PROGRAM = fileURLToPath(new URL("run.ts", import.meta.url));

/** Backups that are made again and again until `close`. */
export interface BackupSchedule {
  /** Ends it, and cuts a backup short that is being made. */
  close(): Promise<void>;
}

/**
 * Makes a backup whenever one is due, and deletes the oldest ones beyond those to keep. The first one is due at once,
 * and so is one that was missed while no server ran. Each is made by a process of its own, so that requests don't wait
 * for it. A failure is logged, counted, and tried again after ten minutes.
 *
 * @param dataDir the embedded data folder
 * @param clock the time in epoch milliseconds
 */
export function startBackups(
  { folder, everyMs, keep }: BackupConfig,
  dataDir: string,
  clock: () => number,
  log: Logger,
  observer: BackupObserver,
): BackupSchedule {
  const stopping = new AbortController();
  let pausedUntil = 0;
  let running: Promise<void> | undefined;

  async function runIfDue(): Promise<void> {
    const now = clock();
    try {
      await ensureFolder(folder);
      // A backup from the future, made before the clock was put right, must not put off the others.
      const times = scheduledAmong(await readdir(folder)).map(timeOf);
      const last = times.findLast((time) => time <= now);
      if (last !== undefined) {
        observer.there(last);
      }
      if (last === undefined || now >= last + everyMs) {
        await make(now);
      }
    } catch (error) {
      if (!stopping.signal.aborted) {
        pausedUntil = now + RETRY_MS;
        observer.failed();
        log.error({ err: error, folder }, "backup failed; it is tried again in ten minutes");
      }
    }
  }

  async function make(now: number): Promise<void> {
    const file = join(folder, scheduledName(now));
    const start = performance.now();
    try {
      await run(dataDir, file, stopping.signal);
    } finally {
      await removeUnfinished(folder, isUnfinished);
    }
    const seconds = (performance.now() - start) / 1000;
    observer.there(now);
    log.info({ file, bytes: (await stat(file)).size, seconds }, "backup made");
    await deleteOldest();
  }

  async function deleteOldest(): Promise<void> {
    for (const name of scheduledAmong(await readdir(folder)).slice(0, -keep)) {
      await rm(join(folder, name));
      log.info({ file: join(folder, name) }, "old backup deleted");
    }
  }

  function look(): void {
    if (running === undefined && clock() >= pausedUntil) {
      running = runIfDue().finally(() => {
        running = undefined;
      });
    }
  }

  const timer = setInterval(look, LOOK_MS);
  look();
  return {
    async close() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

/** Makes the folder when it is missing, but not those above it: they are missing where a disk is not mounted. */
async function ensureFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error) => {
    if (error.code !== "EEXIST") {
      throw error;
    }
  });
}

/** Makes one backup. Rejects with the reason of the program when it fails. */
async function run(dataDir: string, file: string, signal: AbortSignal): Promise<void> {
  // The flags of this process may be what lets Node run these files.
  const args = [...process.execArgv, "--disable-warning=ExperimentalWarning", PROGRAM, dataDir, file];
  try {
    // It needs none of the server's settings, of which some are secrets.
    const env = { SQLITE_TMPDIR: process.env.SQLITE_TMPDIR };
    await promisify(execFile)(process.execPath, args, { env, signal, killSignal: "SIGKILL" });
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    throw new Error(stderr?.trim() || message);
  }
}
