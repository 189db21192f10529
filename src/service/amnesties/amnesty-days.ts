import { type Amnesty, MAX_AMNESTY_DAYS } from "../../domain/amnesties.ts";
import { isoDate } from "../../domain/day.ts";
import { refusal } from "../../errors.ts";
import { readStreakDate } from "../date.ts";

/**
 * Reads the first and the last day of an amnesty.
 *
 * @throws StreakdError INVALID_BODY for what is no date, and for days that are not in order or too many
 */
export function readAmnestyDays(request: { readonly from: string; readonly to: string }): Pick<Amnesty, "from" | "to"> {
  const from = readStreakDate(request.from, "from");
  const to = readStreakDate(request.to, "to");
  if (to < from) {
    throw refusal("to", `must not be before from, ${request.from}`);
  }
  const last = from + MAX_AMNESTY_DAYS - 1;
  if (to > last) {
    throw refusal(
      "to",
      `must be ${isoDate(last)} or earlier: an amnesty has at most ${MAX_AMNESTY_DAYS} days. Declare several, one after the other`,
    );
  }
  return { from, to };
}
