import type { Call } from "../../call/call.ts";
import type { UserRange, UserSlice, UserStore } from "../../store/users.ts";

/** After how many streaks a page ends. A streak has some 200 bytes as JSON, so a page has at most about 1 MiB. */
const STREAKS_OF_A_PAGE = 5000;

/**
 * After how many slices a page ends, even with few users. In a project with many aliases, most names are not users.
 */
const SLICES_OF_A_PAGE = 200;

/**
 * Reads a page of the users of a project, slice by slice. The `last` of the last slice is where the next page begins.
 *
 * @param range `limit` is the most users of the page
 */
export async function* slicesOfPage(users: UserStore, range: UserRange, call: Call): AsyncGenerator<UserSlice, void> {
  let { after: last } = range;
  let [found, streaks, slices] = [0, 0, 0];
  do {
    call.deadline.check();
    const slice = await users.listUsers({ ...range, after: last, limit: range.limit - found });
    yield slice;
    found += slice.users.length;
    streaks += slice.users.reduce((sum, { days }) => sum + days.size, 0);
    slices += 1;
    last = slice.last;
  } while (last !== undefined && found < range.limit && streaks < STREAKS_OF_A_PAGE && slices < SLICES_OF_A_PAGE);
}
