import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StartError } from "./errors.ts";
import { ensureFolders, renameDurably, syncFolder } from "./files.ts";

/** The file of the data folder in which a made admin token is kept until the operator has taken it. */
const FILE = "admin-token";

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
  await renameDurably(pending, path);
  return path;
}

function unknownOutcome(pending: string, error: Error): StartError {
  return new StartError(
    `The database failed (${error.message}), so it is unknown whether the new admin token is in force. It is in ${pending}: try it, and delete the file if it is refused. Or run streakd token, which makes another.`,
    { cause: error },
  );
}
