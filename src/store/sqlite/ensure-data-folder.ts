import { access, constants, readlink, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { StartError } from "../../errors.ts";
import { ensureFolders, folderProblemOf } from "../../files.ts";

/**
 * Makes the data folder, and the folders above it, where they are missing. Nobody else may read what it makes: it holds
 * what users did.
 *
 * @throws StartError when there is no folder that this process can write
 */
export async function ensureDataFolder(folder: string): Promise<void> {
  try {
    await ensureFolders(folder);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(await problemOf(folder, error as NodeJS.ErrnoException), { cause: error });
  }
}

/**
 * Where a symbolic link that leads nowhere points; undefined for anything else, also for nothing at all.
 */
export async function danglingTarget(path: string): Promise<string | undefined> {
  const target = await readlink(path).catch(() => undefined);
  const exists = await stat(path).then(
    () => true,
    (error) => error.code !== "ENOENT",
  );
  return exists ? undefined : target;
}

async function problemOf(folder: string, error: NodeJS.ErrnoException): Promise<string> {
  const link = await danglingLink(folder);
  if (link !== undefined) {
    return `The data folder ${folder} can't be made: ${link.path} is a symbolic link to ${link.target}, which does not exist. Make ${link.target}, correct the link, or name another folder.`;
  }
  switch (error.code) {
    case "EEXIST":
    case "ENOTDIR":
      return `The data folder ${folder} is not a folder: a file is in its place. Move the file away, or name another folder.`;
    case "ENOENT":
      return `The data folder ${folder} can't be made: ${dirname(folder)} takes no new folders. Name another folder.`;
  }
  switch (folderProblemOf(error)) {
    case "forbidden":
      return `The data folder ${folder} can't be written. Give the user that runs streakd read and write access to it, or name another folder.`;
    case "read-only":
      return `The data folder ${folder} is on a read-only file system. Mount it for writing, or name another folder.`;
    case "full":
      return `The data folder ${folder} can't be made: the disk is full. Make room, or name another folder.`;
    default:
      return `The data folder ${folder} can't be made (${error.message}). Make it yourself, or name another folder.`;
  }
}

/** The symbolic link that leads nowhere among a folder and those above it. */
async function danglingLink(folder: string): Promise<{ path: string; target: string } | undefined> {
  for (let path = folder; path !== dirname(path); path = dirname(path)) {
    const target = await danglingTarget(path);
    if (target !== undefined) {
      return { path, target };
    }
  }
  return undefined;
}
