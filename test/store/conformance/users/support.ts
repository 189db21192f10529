import type { Stores } from "#src/store/stores.ts";
import type { ListedUser, UserRange, UserSlice } from "#src/store/users.ts";

/** Reads a range of project `p1` to its end, slice by slice. */
export async function slicesOf(
  store: Stores,
  {
    projectId = "p1",
    prefix = "",
    limit = 100,
    ...rest
  }: Partial<Pick<UserRange, "projectId" | "prefix" | "limit" | "actionEvents">>,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<UserSlice[]> {
  const slices: UserSlice[] = [];
  let after: string | undefined;
  do {
    const slice = await store.users.listUsers({ projectId, prefix, after, limit, ...rest });
    slices.push(slice);
    after = slice.last;
    await between();
  } while (after !== undefined);
  return slices;
}

/** Lists all users of a range of project `p1`. */
export async function usersOf(
  store: Stores,
  range: Parameters<typeof slicesOf>[1] = {},
  between?: () => Promise<unknown>,
): Promise<ListedUser[]> {
  return (await slicesOf(store, range, between)).flatMap(({ users }) => users);
}

/** Lists the names of all users of a range of project `p1`. */
export async function namesOf(...args: Parameters<typeof usersOf>): Promise<string[]> {
  return (await usersOf(...args)).map(({ userHash }) => userHash);
}
