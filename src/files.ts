import { access, mkdir, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Gives a finished file another name, which it has after a power cut too, and replaces a file of that name. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
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

/** Whether there is a file or folder of this name. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Makes a folder that nobody else may read, unless it is there. Rejects when the folder above it is missing. */
export async function ensureFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch(async (error) => {
    // Where a folder can't be made the system may say so, even though it is there.
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
      throw error;
    }
  });
}

/** Does the same for the folders above it. Node's own recursive mkdir never ends where none can be made, as in /proc. */
export async function ensureFolders(folder: string): Promise<void> {
  try {
    await ensureFolder(folder);
  } catch (error) {
    const parent = dirname(folder);
    const hasParent = (await stat(parent).catch(() => undefined)) !== undefined;
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || hasParent || parent === folder) {
      throw error;
    }
    await ensureFolders(parent);
    await ensureFolder(folder);
  }
}

/** What an operator can mend about a folder in which a file or folder can't be made. */
export type FolderProblem = "full" | "forbidden" | "read-only";

/** Returns why nothing can be made in a folder, by an error of the system; undefined for any other error. */
export function folderProblemOf(error: unknown): FolderProblem | undefined {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOSPC":
    case "EDQUOT":
      return "full";
    case "EACCES":
    case "EPERM":
      return "forbidden";
    case "EROFS":
      return "read-only";
    default:
      return undefined;
  }
}
