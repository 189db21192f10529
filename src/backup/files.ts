import { mkdtempSync, rmSync } from "node:fs";
import { link, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StartError } from "../errors.ts";
import { exists, renameDurably, syncFolder } from "../files.ts";

/** What a file system without hard links says when it is asked for one. */
const NO_LINKS = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EMLINK"]);

/** What an operator ends a command by. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Runs `work` with the path of a file to make, in a private folder that is removed afterwards, also when a signal ends
 * the process. The folder is beside the target, so that what is made in it can be renamed to the target.
 *
 * @param prefix how the folder's name begins; the number of this process follows
 */
export async function withWorkFile<Result>(
  target: string,
  prefix: string,
  work: (file: string) => Promise<Result>,
): Promise<Result> {
  function interrupt(signal: NodeJS.Signals): void {
    // SQLite's thread may be making a file there.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    process.removeListener(signal, interrupt);
    process.kill(process.pid, signal);
  }
  for (const signal of SIGNALS) {
    process.on(signal, interrupt);
  }
  // After the listeners, and synchronously: a signal that comes now is handled when `folder` is set.
  const folder = mkdtempSync(join(dirname(target), `${prefix}${process.pid}-`));
  try {
    return await work(join(folder, basename(target)));
  } finally {
    await rm(folder, { recursive: true, force: true });
    for (const signal of SIGNALS) {
      process.removeListener(signal, interrupt);
    }
  }
}

/** Whether the process that made a folder of {@link withWorkFile} may still run. */
export function mayBeInUse(name: string, prefix: string): boolean {
  const pid = Number.parseInt(name.slice(prefix.length), 10);
  try {
    // Containers number their processes alike: a folder of an earlier process may have the number of this one.
    return pid !== process.pid && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Removes folders of {@link withWorkFile} that were left by processes that were killed. */
export async function removeUnfinished(folder: string, isUnfinished: (name: string) => boolean): Promise<void> {
  for (const name of (await readdir(folder)).filter(isUnfinished)) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * Gives a finished file its final name, at once and durably.
 *
 * @throws StartError when a file of that name exists, unless it may be overwritten
 */
export async function putInPlace(made: string, file: string, mayOverwrite: boolean): Promise<void> {
  if (mayOverwrite) {
    await renameDurably(made, file);
    return;
  }
  try {
    // Unlike renaming, linking never replaces a file, even one that has appeared only now.
    if (await tryLink(made, file)) {
      await syncFolder(dirname(file));
      return;
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "EEXIST" ? alreadyExists(file) : error;
  }
  await refuseExisting(file);
  await renameDurably(made, file);
}

/** Gives a file a second name. Returns whether it has done so: some file systems have no hard links. */
export async function tryLink(file: string, name: string): Promise<boolean> {
  return link(file, name).then(
    () => true,
    (error) => {
      if (NO_LINKS.has(error.code)) {
        return false;
      }
      throw error;
    },
  );
}

/** @throws StartError when the file exists */
export async function refuseExisting(file: string): Promise<void> {
  if (await exists(file)) {
    throw alreadyExists(file);
  }
}

function alreadyExists(file: string): StartError {
  return new StartError(`${file} exists already. Name another file, or add --force to overwrite it.`);
}
