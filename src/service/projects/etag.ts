import type { Project } from "../../domain/project.ts";
import { StreakdError } from "../../errors.ts";
import { randomId } from "../random-id.ts";

/** What the contract shows for a project that was last changed before projects had an `etag`. */
const BEFORE_ETAGS = "first";

/** Returns the `etag` of a project that is made or changed now. */
export function newEtag(): string {
  return randomId();
}

/** Returns a project's `etag` as the contract shows it. */
export function etagOf({ etag = BEFORE_ETAGS }: Pick<Project, "etag">): string {
  return etag;
}

/** Returns the ETAG_MISMATCH for a change of a project that another change came before. */
export function etagMismatch(siteKey: string): StreakdError {
  return new StreakdError(
    "ETAG_MISMATCH",
    `The project "${siteKey}" has changed since you read it. Read it again, and make your change to what it is now; or leave the etag out to make it in any case.`,
    { field: "project.etag" },
  );
}
