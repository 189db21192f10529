import { StartError } from "../errors.ts";

/**
 * Refuses a command that copies the embedded store's file where MongoDB keeps the data.
 *
 * @param command what does the same for MongoDB
 */
export function refuseMongo(mongodbUri: string | undefined, command: string): void {
  if (mongodbUri !== undefined) {
    throw new StartError(
      `MONGODB_URI is set, so MongoDB keeps the data, and its own tool copies it:\n\n  ${command}\n\nUnset MONGODB_URI to work on the folder DATA_DIR.`,
    );
  }
}
