import { clip, StreakdError } from "../../errors.ts";

/** Returns the error NOT_FOUND for a user that the project does not have. */
export function noUser(userHash: string): StreakdError {
  return new StreakdError("NOT_FOUND", `The project has no user "${clip(userHash)}", and no alias of that name.`);
}
