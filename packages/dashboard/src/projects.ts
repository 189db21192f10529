import { useInfiniteQuery, useQuery } from "@connectrpc/connect-query";
import { useEffect } from "react";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { useSession } from "./session.tsx";

/** How many projects are asked for at once: as many as the server gives. */
const PAGE_SIZE = 1000;

/**
 * Returns all projects, which only a session for all projects may list. When `isFetchNextPageError`, they are not all, and
 * `fetchNextPage` asks for the others.
 */
export function useProjects() {
  const { siteKey, has } = useSession();
  const query = useInfiniteQuery(
    AdminService.method.listProjects,
    { pageSize: PAGE_SIZE, pageToken: "" },
    {
      pageParamKey: "pageToken",
      getNextPageParam: ({ nextPageToken }) => (nextPageToken === "" ? undefined : nextPageToken),
      enabled: siteKey === undefined && has(Scope.PROJECT_MANAGE),
    },
  );
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  useEffect(() => {
    // A page that could not be had is asked for again only when somebody says so.
    if (hasNextPage && !isFetching && !isFetchNextPageError) {
      // Of several parts of a page that list the projects, only the first asks.
      void fetchNextPage({ cancelRefetch: false });
    }
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  return { ...query, projects: query.data?.pages.flatMap(({ projects }) => projects) };
}

/** Reads a project. Not asked for when the session lacks the scope: then `error` is undefined, and so is `project`. */
export function useProject(siteKey: string) {
  const { has } = useSession();
  const query = useQuery(AdminService.method.getProject, { siteKey }, { enabled: has(Scope.PROJECT_MANAGE) });
  const project: Project | undefined = query.data?.project;
  return { ...query, project };
}
