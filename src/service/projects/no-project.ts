import { clip, StreakdError } from "../../errors.ts";

/** Returns the NOT_FOUND for a project that is called for, or is the parent of what is called for, and is not there. */
export function noProject(siteKey: string): StreakdError {
  return new StreakdError("NOT_FOUND", `No project has the siteKey "${clip(siteKey)}".`);
}

/**
 * Returns the INVALID_SITE_KEY for a field that refers to a project that is not there.
 *
 * @param field the field's path
 */
export function unknownSiteKey(siteKey: string, field: string): StreakdError {
  return new StreakdError(
    "INVALID_SITE_KEY",
    (at) => `No project has the ${at} "${clip(siteKey)}". Check it, or create the project.`,
    { field },
  );
}
