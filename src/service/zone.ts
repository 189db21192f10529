import { isZone } from "../domain/zone.ts";
import { refusal } from "../errors.ts";

/**
 * The name of a time zone.
 *
 * @param field the field's path
 * @throws StreakdError INVALID_BODY when there is no such zone
 */
export function readZone(name: string, field: string): string {
  if (!isZone(name)) {
    throw refusal(field, 'must be an IANA time zone such as "America/New_York"');
  }
  return name;
}
