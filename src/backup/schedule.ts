import { execFile } from "node:child_process";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Logger } from "pino";
import type { BackupConfig } from "../config/backups.ts";
import { ensureFolder } from "../files.ts";
import type { BackupObserver } from "../observe/backups.ts";
import { removeUnfinished } from "./files.ts";
import { isUnfinished, scheduledAmong, scheduledName, timeOf } from "./scheduled-files.ts";

/** How often the schedule checks whether a backup is due, in milliseconds. No change of the clock delays one longer. */
const POLL_MS = 60_000;

/** The pause after a backup that has failed, in milliseconds. */
const RETRY_MS = 10 * 60_000;

/**
 * How long a backup may take, in milliseconds. While one runs, the log of the database can't be written back and grows:
 * a backup whose disk hangs must not fill the disk of the data.
 */
const BACKUP_TIMEOUT_MS = 60 * 60_000;

/** How long `close` waits for the disk of the backups, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2000;

/** The program that makes one backup. */
const PROGRAM = fileURLToPath(new URL("run.ts", import.meta.url));

/** Backups that are made again and again until `close`. */
export interface BackupSchedule {
  /** Ends it, and cuts a backup short that is being made. Resolves after two seconds at most, even if the disk hangs. */
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
  // On the clock of `performance.now()`, which nobody sets.
  let pausedUntil = 0;
  let running: Promise<void> | undefined;

  /** The backups that are not from the future, the oldest first: others were made before the clock was put right. */
  async function existing(now: number): Promise<string[]> {
    return scheduledAmong(await readdir(folder)).filter((name) => timeOf(name) <= now);
  }

  async function runIfDue(): Promise<void> {
    const now = clock();
    try {
      // Not the folders above it: they are missing where a disk is not mounted.
      await ensureFolder(folder);
      const last = (await existing(now)).map(timeOf).at(-1);
      if (last !== undefined) {
        observer.succeeded(last);
      }
      if (last === undefined || now >= last + everyMs) {
        await make(now);
      }
    } catch (error) {
      if (!stopping.signal.aborted) {
        pausedUntil = performance.now() + RETRY_MS;
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
    observer.succeeded(now);
    log.info({ file, bytes: (await stat(file)).size, seconds }, "backup made");
    await deleteOldest(now);
  }

  async function deleteOldest(now: number): Promise<void> {
    for (const name of (await existing(now)).slice(0, -keep)) {
      await rm(join(folder, name));
      log.info({ file: join(folder, name) }, "old backup deleted");
    }
  }

  function poll(): void {
    if (running === undefined && performance.now() >= pausedUntil) {
      running = runIfDue().finally(() => {
        running = undefined;
      });
    }
  }

  const timer = setInterval(poll, POLL_MS);
  poll();
  return {
    async close() {
      clearInterval(timer);
      stopping.abort();
      await Promise.race([running, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
      if (running !== undefined) {
        log.warn({ folder }, "the disk of the backups does not respond; the shutdown goes on without it");
      }
    },
  };
}

/** Makes one backup. Rejects with the reason of the program when it fails, once the program has ended. */
async function run(dataDir: string, file: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  // The flags of this process may be what lets Node run these files.
  const args = [...process.execArgv, "--disable-warning=ExperimentalWarning", PROGRAM, dataDir, file];
  // It needs none of the server's settings, of which some are secrets.
  const running = promisify(execFile)(process.execPath, args, { env: { SQLITE_TMPDIR: process.env.SQLITE_TMPDIR } });
  // Not by options of execFile: with its `signal` it does not wait for the end of the program.
  const kill = () => void running.child.kill("SIGKILL");
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, BACKUP_TIMEOUT_MS);
  signal.addEventListener("abort", kill);
  try {
    await running;
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    throw new Error(
      isLate
        ? `It took longer than ${BACKUP_TIMEOUT_MS / 60_000} minutes, and was ended. See that the disk of ${file} works and is fast enough.`
        : stderr?.trim() || message,
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
  }
}
