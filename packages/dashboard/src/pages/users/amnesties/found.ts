import type { PreviewAmnestyResponse, UserStreakChanges } from "#gen/streak/v1/amnesty_service_pb.ts";
import { formatNumber, plural } from "../../../format.ts";

/** How many users are named at most: a project may have millions, of whom none else are kept. */
const MAX_NAMED = 6;

/** What a preview has found so far. */
export interface Found {
  /** How many users it has looked at. */
  readonly lookedAt: number;
  /** How many users have streaks that would change. */
  readonly changed: number;
  /** The first of these users. */
  readonly named: readonly UserStreakChanges[];
  /** Where it goes on; empty at the beginning and at the end. */
  readonly pageToken: string;
  /** Whether it has looked at all users. */
  readonly isWhole: boolean;
}

/** What a preview has found before its first page. */
export const NOTHING_YET: Found = { lookedAt: 0, changed: 0, named: [], pageToken: "", isWhole: false };

/** Adds a page to what was found before. */
export function withPage(found: Found, page: Omit<PreviewAmnestyResponse, "$typeName">): Found {
  return {
    lookedAt: found.lookedAt + page.lookedAt,
    changed: found.changed + page.users.length,
    named: [...found.named, ...page.users].slice(0, MAX_NAMED),
    pageToken: page.nextPageToken,
    isWhole: page.nextPageToken === "",
  };
}

/** What was found, in words, such as `37 of 1,204 users`. */
export function foundInWords({ changed, lookedAt, isWhole }: Found): string {
  const some = changed === 0 ? "None" : formatNumber(changed);
  return `${some} of ${isWhole ? "" : "the first "}${plural(lookedAt, "user", "users")}`;
}
