import { useInfiniteQuery } from "@connectrpc/connect-query";
import { keepPreviousData } from "@tanstack/react-query";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";

/** How many users are asked for at once. */
const PAGE_SIZE = 50;

/**
 * Lists the users whose names begin with a text, a page at a time. While the users of another text are on their way,
 * those of the text before stay.
 */
export function useUsers(siteKey: string, prefix: string) {
  const query = useInfiniteQuery(
    AdminService.method.listUsers,
    { siteKey, prefix, pageSize: PAGE_SIZE, pageToken: "" },
    {
      pageParamKey: "pageToken",
      getNextPageParam: ({ nextPageToken }) => (nextPageToken === "" ? undefined : nextPageToken),
      placeholderData: keepPreviousData,
    },
  );
  return { ...query, users: query.data?.pages.flatMap(({ users }) => users) };
}
