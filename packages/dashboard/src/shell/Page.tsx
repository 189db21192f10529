import { Component, type ComponentType, lazy, type ReactNode, Suspense, useEffect } from "react";
import { useLocation } from "wouter";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { PageHeader } from "../components/PageHeader.tsx";
import { ErrorState, NotAllowedState, Skeleton } from "../components/States.tsx";
import { isProblem } from "../errors.ts";
import type { ProjectPageProps } from "../project-page.ts";
import { useProject } from "../projects.ts";
import { type ProjectPage, paths, type Route } from "../routes.ts";
import { useSession } from "../session.tsx";
import { NoSuchProject, NotFound } from "./NotFound.tsx";
import styles from "./Page.module.css";

const Projects = lazy(() => import("../pages/projects/index.tsx"));
const System = lazy(() => import("../pages/system/index.tsx"));

/** The pages of a project, each loaded when it is first opened. */
const PAGES: Readonly<Record<ProjectPage, ComponentType<ProjectPageProps>>> = {
  overview: lazy(() => import("../pages/overview/index.tsx")),
  users: lazy(() => import("../pages/users/index.tsx")),
  widgets: lazy(() => import("../pages/widgets/index.tsx")),
  settings: lazy(() => import("../pages/settings/index.tsx")),
  start: lazy(() => import("../pages/start/index.tsx")),
};

/** The page at a route, or what says why it can't be shown. */
export function Page({ route }: { readonly route: Route | undefined }) {
  return (
    <PageBoundary key={JSON.stringify(route ?? null)}>
      <Suspense fallback={<PageSkeleton />}>
        <PageAt route={route} />
      </Suspense>
    </PageBoundary>
  );
}

function PageAt({ route }: { readonly route: Route | undefined }) {
  const session = useSession();
  if (route === undefined) {
    return <NotFound />;
  }
  if (route.page === "projects") {
    return session.siteKey === undefined ? <Projects /> : <Redirect to={firstPageOf(session, session.siteKey)} />;
  }
  if (route.page === "system") {
    return session.isRoot ? (
      <System />
    ) : (
      <NotAllowed title="System">Only those who sign in with the admin token see how the server does.</NotAllowed>
    );
  }
  if (session.siteKey !== undefined && session.siteKey !== route.siteKey) {
    return (
      <NotAllowed title={route.siteKey}>
        The token is for the project <code>{session.siteKey}</code> alone.
      </NotAllowed>
    );
  }
  return <ProjectPageAt {...route} />;
}

/** A page of a project. It is shown only once the project is known to be there, as far as the session may see that. */
function ProjectPageAt(route: Extract<Route, { readonly siteKey: string }>) {
  const { project, error, isLoading } = useProject(route.siteKey);
  if (project === undefined && isProblem(error, "NOT_FOUND")) {
    return <NoSuchProject siteKey={route.siteKey} />;
  }
  const ProjectPage = PAGES[route.page];
  return isLoading ? <PageSkeleton /> : <ProjectPage {...route} />;
}

function NotAllowed({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <>
      <PageHeader title={title} />
      <NotAllowedState>{children}</NotAllowedState>
    </>
  );
}

/** The page on which a session that reaches one project begins: the first that its scopes let it see. */
function firstPageOf({ has }: ReturnType<typeof useSession>, siteKey: string): string {
  if (has(Scope.ANALYTICS_READ) || has(Scope.PROJECT_MANAGE)) {
    return paths.project(siteKey, "overview");
  }
  return paths.project(siteKey, has(Scope.USERS_MANAGE) ? "users" : "start");
}

function Redirect({ to }: { readonly to: string }) {
  const [, navigate] = useLocation();
  useEffect(() => navigate(to, { replace: true }), [navigate, to]);
  return <PageSkeleton />;
}

/** About the size of a page, while its code is loaded. */
export function PageSkeleton() {
  return (
    <div className={styles.skeleton} role="status" aria-label="Loading">
      <Skeleton width="12rem" height="1.75rem" />
      <Skeleton height="8rem" />
      <Skeleton height="20rem" />
    </div>
  );
}

/** Catches what a page throws, so that the navigation stays. */
class PageBoundary extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error === undefined ? (
      this.props.children
    ) : (
      <ErrorState error={this.state.error} onRetry={() => location.reload()} />
    );
  }
}
