import { isZone } from "../domain/zone.ts";
import { StreakdError } from "../errors.ts";

/**
 * The name of a time zone.
 *
 * @param field the field's path
 * @throws StreakdError INVALID_BODY when there is no such zone
 */
export function readZone(name: string, field: string): string {
  if (!isZone(name)) {
    throw new StreakdError("INVALID_BODY", `${field} must be an IANA time zone such as "America/New_York".`, { field });
  }
  return name;
}
