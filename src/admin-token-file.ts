import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StartError } from "./errors.ts";

/** The file of the data folder in which a made admin token is kept until the operator has taken it. */
const FILE = "admin-token";

/** Makes an admin token that nobody can guess: 192 random bits. */
export function makeAdminToken(): string {
  return `adm_${randomBytes(24).toString("base64url")}`;
}

/**
 * Keeps a token in a file that only this user can read, and puts it into force. The file is written first, so a token in
 * force is never lost. Until then it has a name of its own: several instances may do this at once.
 *
 * @param putIntoForce returns whether it has done so; otherwise the file is removed
 * @returns the path of the file; undefined when the token is not in force
 * @throws StartError when the file can't be written
 */
export async function keepAdminToken(
  dataDir: string,
  token: string,
  putIntoForce: () => Promise<boolean>,
): Promise<string | undefined> {
  const path = join(dataDir, FILE);
  const unproven = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    // With MongoDB the folder may not be there yet.
    await mkdir(dataDir, { mode: 0o700 }).catch(() => undefined);
    await writeFile(unproven, `${token}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw new StartError(
      `The new admin token can't be kept in ${path} (${(error as Error).message}). Let the user that runs streakd write to ${dataDir}, name another folder with DATA_DIR, or set ADMIN_TOKEN.`,
      { cause: error },
    );
  }
  if (await putIntoForce()) {
    await rename(unproven, path);
    return path;
  }
  await rm(unproven);
  return undefined;
}
