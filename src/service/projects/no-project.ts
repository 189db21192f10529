import { clip, StreakdError } from "../../errors.ts";

/** The answer to an admin who names a project that is not there. */
export function noProject(siteKey: string): StreakdError {
  return new StreakdError("NOT_FOUND", `No project has the siteKey "${clip(siteKey)}".`);
}
