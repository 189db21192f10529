import { randomBytes } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StartError } from "./errors.ts";
import { ensureFolders, renameDurably, syncFolder } from "./files.ts";

/** The file of the data folder in which a made admin token is kept until the operator has taken it. */
const FILE = "admin-token";

/** The names of such files until their token is in force. */
const PENDING = /^admin-token\.[0-9a-f]{12}$/;

/** Makes an admin token that nobody can guess: 192 random bits. */
export function makeAdminToken(): string {
  return `adm_${randomBytes(24).toString("base64url")}`;
}

/**
 * Keeps a token in a file that only this user can read, and activates it. The file is on the disk before, so no power cut
 * loses the token in force. Until then it has a name of its own: several instances may do this at once.
 *
 * @param activate returns whether the token is in force now; otherwise the file is removed
 * @returns the path of the file; undefined when the token is not in force
 * @throws StartError when the file can't be written, or it is unknown whether the token is in force: the message names
 *   the file that has it then
 */
export async function keepAdminToken(
  dataDir: string,
  token: string,
  activate: () => Promise<boolean>,
): Promise<string | undefined> {
  const path = join(dataDir, FILE);
  const pending = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    // With MongoDB the folder may not be there yet.
    await ensureFolders(dataDir);
    await writeFile(pending, `${token}\n`, { flag: "wx", mode: 0o600, flush: true });
    await syncFolder(dataDir);
  } catch (error) {
    throw new StartError(
      `The new admin token can't be kept in ${path} (${(error as Error).message}). Let the user that runs streakd write to ${dataDir}, name another folder with DATA_DIR, or set ADMIN_TOKEN.`,
      { cause: error },
    );
  }
  if (!(await activate().catch((error) => Promise.reject(unknownOutcome(pending, error))))) {
    await rm(pending);
    return undefined;
  }
  return settle(pending, path);
}

/**
 * Finds the token in force that a killed process has put into force and not yet given its file's name, and does so now.
 *
 * @param isInForce whether a token is the one in force
 * @returns the token, with the path of its file; undefined when there is none, as is usual
 */
export async function adoptPending(
  dataDir: string,
  isInForce: (token: string) => boolean,
): Promise<{ readonly token: string; readonly path: string } | undefined> {
  const path = join(dataDir, FILE);
  const names = await readdir(dataDir).catch(() => []);
  for (const name of names.filter((name) => PENDING.test(name))) {
    const pending = join(dataDir, name);
    const token = (await readFile(pending, "utf8").catch(() => "")).trim();
    // Others are left alone: another process may be about to put its token into force.
    if (isInForce(token)) {
      return { token, path: await settle(pending, path) };
    }
  }
  return undefined;
}

/** Gives the file of a token in force its name. Returns the path that it has then: a folder may have the name. */
async function settle(pending: string, path: string): Promise<string> {
  try {
    await renameDurably(pending, path);
    return path;
  } catch (error) {
    // Gone when another process has adopted it.
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? path : pending;
  }
}

function unknownOutcome(pending: string, error: Error): StartError {
  return new StartError(
    `The database failed (${error.message}), so it is unknown whether the new admin token is in force. It is in ${pending}: try it, and delete the file if it is refused. Or run streakd token, which makes another.`,
    { cause: error },
  );
}
