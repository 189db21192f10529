import { useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { Card } from "../../components/Card.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { ErrorState, NotAllowedState, Skeleton, SkeletonLines } from "../../components/States.tsx";
import type { ProjectPageProps } from "../../project-page.ts";
import { useProject } from "../../projects.ts";
import { paths } from "../../routes.ts";
import { useSession } from "../../session.tsx";
import { Editor } from "./editor/Editor.tsx";
import { NoSuchWidget } from "./NoSuchWidget.tsx";
import { widgetPath } from "./paths.ts";
import { WidgetList } from "./WidgetList.tsx";
import styles from "./Widgets.module.css";

/** The widgets of a project: the list, or one of them. Which one is in the address. */
export default function WidgetsPage({ siteKey }: ProjectPageProps) {
  const { has } = useSession();
  const { project, error, refetch } = useProject(siteKey);
  if (project !== undefined) {
    return <WidgetsOf project={project} />;
  }
  return (
    <>
      <PageHeader title="Widgets" about={<code>{siteKey}</code>} />
      {!has(Scope.PROJECT_MANAGE) ? (
        <NotAllowedState>
          To see and change a project’s widgets it needs the scope <code>project:manage</code>.
        </NotAllowedState>
      ) : error !== null ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <ListSkeleton />
      )}
    </>
  );
}

function WidgetsOf({ project }: { readonly project: Project }) {
  const [search] = useSearchParams();
  const event = search.get("event") ?? undefined;
  const suggested = search.get("new") ?? undefined;
  return event === undefined && suggested === undefined ? (
    <WidgetList project={project} />
  ) : (
    <OneWidget key={`${event}`} project={project} event={event} suggested={suggested ?? ""} />
  );
}

/** The editor of one widget. It stays when somebody else removes the widget, so that nothing is lost that was typed. */
function OneWidget({
  project,
  event,
  suggested,
}: {
  readonly project: Project;
  readonly event: string | undefined;
  readonly suggested: string;
}) {
  const [, navigate] = useLocation();
  const [isThere] = useState(() => event === undefined || project.widgets.some((widget) => widget.event === event));
  return isThere ? (
    <Editor
      project={project}
      event={event}
      suggested={suggested}
      onRenamed={(renamed) => navigate(widgetPath(project.siteKey, renamed), { replace: true })}
      onGone={() => navigate(paths.project(project.siteKey, "widgets"), { replace: true })}
    />
  ) : (
    <NoSuchWidget siteKey={project.siteKey} event={event ?? ""} />
  );
}

function ListSkeleton() {
  return (
    <Card title={<Skeleton width="8rem" height="1.25rem" />} isFlush>
      <div className={styles.loading}>
        <SkeletonLines lines={4} height="2.5rem" />
      </div>
    </Card>
  );
}
