import { mkdtempSync, rmSync } from "node:fs";
import { access, link, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StartError } from "../errors.ts";

/** What a file system without hard links says when it is asked for one. */
const NO_LINKS = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EMLINK"]);

/** What an operator ends a command by. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Runs `work` with the path of a file to make, in a private folder that is removed afterwards, also when a signal ends
 * the process. The folder is beside the target, so that what is made in it can be renamed to the target.
 *
 * @param prefix how the folder's name begins
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
  // Made at once, and listened before, so that no signal leaves the folder.
  const folder = mkdtempSync(join(dirname(target), prefix));
  try {
    return await work(join(folder, basename(target)));
  } finally {
    await rm(folder, { recursive: true, force: true });
    for (const signal of SIGNALS) {
      process.removeListener(signal, interrupt);
    }
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
    await rename(made, file);
  } else {
    // Unlike renaming, linking never replaces a file, even one that has appeared only now.
    await link(made, file).catch(async (error) => {
      if (error.code === "EEXIST") {
        throw alreadyExists(file);
      }
      if (!NO_LINKS.has(error.code)) {
        throw error;
      }
      await refuseExisting(file);
      await rename(made, file);
    });
  }
  await syncFolder(dirname(file));
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

/** Whether there is a file or folder of this name. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
