import { MAX_AMNESTIES } from "../../domain/amnesties.ts";
import { clip, StreakdError } from "../../errors.ts";

/** The project has no amnesty with an id. */
export function noAmnesty(siteKey: string, id: string): StreakdError {
  return new StreakdError("NOT_FOUND", `The project "${clip(siteKey)}" has no amnesty with the ID "${clip(id)}".`);
}

/** The project has the id for an amnesty of other days or of another event. */
export function otherAmnesty(siteKey: string, id: string): StreakdError {
  return new StreakdError(
    "ALREADY_EXISTS",
    (field) =>
      `The project "${clip(siteKey)}" has another amnesty with the ${field} "${clip(id)}": of other days, or of another event. Choose another ${field}.`,
    { field: "amnestyId" },
  );
}

/** The project has no room for another amnesty. */
export function tooManyAmnesties(siteKey: string): StreakdError {
  return new StreakdError(
    "TOO_MANY_AMNESTIES",
    `The project "${clip(siteKey)}" has ${MAX_AMNESTIES} amnesties, which is as many as it may have; those that were taken back are among them. Pause the streaks of the users on these days instead, with ledger:pause.`,
  );
}
