import { type Day, isoDate } from "../../domain/day.ts";
import { type ExplainedRange, MAX_EXPLAINED_DAYS } from "../../domain/streaks/explain.ts";
import { refusal } from "../../errors.ts";
import { readStreakDate } from "../date.ts";

/** The fields of a request that say which days to explain. */
interface RangeRequest {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * Reads which days to explain.
 *
 * @param lastByDefault the last day when the request does not say
 * @throws StreakdError INVALID_BODY for what is no date, and for days that are not in order or too many
 */
export function readExplainedRange({ from, to }: RangeRequest, lastByDefault: Day): ExplainedRange {
  const last = to === undefined ? lastByDefault : readStreakDate(to, "to");
  if (from === undefined) {
    return { last };
  }
  const first = readStreakDate(from, "from");
  if (first > last) {
    throw refusal("from", `must not be later than the last day to explain, ${isoDate(last)}`);
  }
  const earliest = last - MAX_EXPLAINED_DAYS + 1;
  if (first < earliest) {
    throw refusal(
      "from",
      `must be at most ${MAX_EXPLAINED_DAYS - 1} days before the last day to explain, ${isoDate(last)}: ${isoDate(earliest)} or later. Ask several times, each time with another to`,
    );
  }
  return { first, last };
}
