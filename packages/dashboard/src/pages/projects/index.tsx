import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { Button } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { TextField } from "../../components/Field.tsx";
import { Framed } from "../../components/Framed.tsx";
import { PlusIcon, SearchIcon, TrashIcon, WidgetsIcon } from "../../components/icons.tsx";
import { ListEnd } from "../../components/ListEnd.tsx";
import { NeedsScope } from "../../components/NeedsScope.tsx";
import { Badge, Notice } from "../../components/Notice.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { EmptyState, SkeletonLines } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { problemOf } from "../../errors.ts";
import { formatNumber, plural } from "../../format.ts";
import { useProjects } from "../../projects.ts";
import { paths } from "../../routes.ts";
import { useSession } from "../../session.tsx";
import styles from "./Projects.module.css";

// Dialogs are loaded when they are opened, since this page is the first that most people see.
const CreateProject = lazy(() => import("./CreateProject.tsx"));
const DeleteProject = lazy(() => import("./DeleteProject.tsx"));

/** From how many projects on one searches. */
const MANY = 5;

/** All projects, for those who reach more than one. */
export default function ProjectsPage() {
  const { has } = useSession();
  const query = useProjects();
  const [isCreating, setCreating] = useState(false);
  const canCreate = has(Scope.EVERYTHING);
  const create = canCreate && (
    <Button kind="primary" icon={<PlusIcon />} onClick={() => setCreating(true)}>
      New project
    </Button>
  );

  return (
    <>
      <PageHeader title="Projects" about="Each app or site whose users keep streaks is a project." actions={create} />
      <Card isFlush>
        {has(Scope.PROJECT_MANAGE) ? (
          <>
            <Listed query={query} create={create} />
            {query.isFetchNextPageError && <NotAll query={query} />}
          </>
        ) : (
          <NeedsScope scope={Scope.PROJECT_MANAGE} to="list the projects" />
        )}
      </Card>
      <Suspense>{isCreating && <CreateProject onClose={() => setCreating(false)} />}</Suspense>
    </>
  );
}

type ProjectsQuery = ReturnType<typeof useProjects>;

function Listed({ query, create }: { readonly query: ProjectsQuery; readonly create: React.ReactNode }) {
  return (
    <Framed query={{ ...query, data: query.projects }} skeleton={<ListSkeleton />}>
      {(projects) =>
        projects.length === 0 ? (
          <EmptyState icon={<WidgetsIcon />} title="No projects yet" action={create}>
            Make one for your app or site. It takes a name and a minute.
          </EmptyState>
        ) : (
          <Searched projects={projects} />
        )
      }
    </Framed>
  );
}

function ListSkeleton() {
  return (
    <div className={styles.loading}>
      <SkeletonLines lines={4} height="2.25rem" />
    </div>
  );
}

function Searched({ projects }: { readonly projects: readonly Project[] }) {
  const [search, setSearch] = useState("");
  const found = projects.filter((project) => matches(project, search));
  return (
    <>
      {projects.length >= MANY && (
        <div className={styles.search}>
          <TextField
            type="search"
            label={`Search ${plural(projects.length, "project", "projects")}`}
            placeholder="Name, key or origin"
            value={search}
            onValue={setSearch}
          />
        </div>
      )}
      {found.length === 0 ? (
        <EmptyState icon={<SearchIcon />} title="Nothing found">
          No project has “{search}” in its name, its key or its origins.
        </EmptyState>
      ) : (
        <ProjectTable projects={found} />
      )}
    </>
  );
}

/** Says that only the first projects are listed, and lets one try again. */
function NotAll({ query: { error, isFetching, fetchNextPage } }: { readonly query: ProjectsQuery }) {
  return (
    <ListEnd>
      <Notice kind="bad">These are not all: the others could not be listed. {problemOf(error).message}</Notice>
      <Button isBusy={isFetching} onClick={() => fetchNextPage()}>
        Try again
      </Button>
    </ListEnd>
  );
}

function matches({ name, siteKey, allowedOrigins }: Project, search: string): boolean {
  const sought = search.trim().toLowerCase();
  return [name, siteKey, ...allowedOrigins].some((text) => text.toLowerCase().includes(sought));
}

function ProjectTable({ projects }: { readonly projects: readonly Project[] }) {
  const { has } = useSession();
  const [deleting, setDeleting] = useState<Project>();
  const columns: Column<Project>[] = [
    {
      key: "name",
      title: "Project",
      cell: ({ name, siteKey }) => (
        <>
          <Link href={paths.project(siteKey, "overview")} className={styles.name}>
            {name}
          </Link>
          <code className={styles.key}>{siteKey}</code>
        </>
      ),
    },
    { key: "origins", title: "Origins", isExtra: true, cell: ({ allowedOrigins }) => <Origins all={allowedOrigins} /> },
    {
      key: "widgets",
      title: "Widgets",
      isNumber: true,
      isExtra: true,
      cell: ({ widgets }) => formatNumber(widgets.length),
    },
    {
      key: "live",
      title: "State",
      cell: ({ live }) => (live ? <Badge kind="good">Live</Badge> : <Badge kind="info">Not live</Badge>),
    },
  ];
  if (has(Scope.EVERYTHING)) {
    columns.push({
      key: "delete",
      title: <span className="visually-hidden">Delete</span>,
      isNumber: true,
      cell: (project) => (
        <Button
          kind="quiet"
          icon={<TrashIcon />}
          aria-label={`Delete ${project.name}`}
          onClick={() => setDeleting(project)}
        />
      ),
    });
  }
  return (
    <>
      <Table caption="Projects" columns={columns} rows={projects} keyOf={({ siteKey }) => siteKey} />
      <Suspense>
        {deleting !== undefined && <DeleteProject project={deleting} onClose={() => setDeleting(undefined)} />}
      </Suspense>
    </>
  );
}

/** How many origins a row shows. */
const SHOWN_ORIGINS = 2;

function Origins({ all }: { readonly all: readonly string[] }) {
  if (all.length === 0) {
    return <span className={styles.none}>none: servers only</span>;
  }
  const rest = all.length - SHOWN_ORIGINS;
  return (
    <span className={styles.origins}>
      {all.slice(0, SHOWN_ORIGINS).join(", ")}
      {rest > 0 && ` and ${formatNumber(rest)} more`}
    </span>
  );
}
