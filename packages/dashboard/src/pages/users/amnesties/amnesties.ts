import type { Amnesty } from "#gen/streak/v1/amnesty_service_pb.ts";
import type { BadgeKind } from "../../../components/Notice.tsx";

/** The most amnesties of a project, those that were taken back among them. */
export const MAX_AMNESTIES = 100;

/** The most days of an amnesty. */
export const MAX_AMNESTY_DAYS = 31;

/** Returns how an amnesty stands today, for a badge. */
export function standingOf(
  { from, to, takenBack }: Pick<Amnesty, "from" | "to" | "takenBack">,
  today: string,
): { readonly kind: BadgeKind; readonly text: string } {
  if (takenBack !== undefined) {
    return { kind: "info", text: "Taken back" };
  }
  if (from > today) {
    return { kind: "info", text: "To come" };
  }
  return to < today ? { kind: "info", text: "Over" } : { kind: "good", text: "Holds now" };
}
