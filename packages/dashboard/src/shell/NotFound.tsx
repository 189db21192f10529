import { Link } from "wouter";
import { buttonClass } from "../components/Button.tsx";
import { SearchIcon } from "../components/icons.tsx";
import { PageHeader } from "../components/PageHeader.tsx";
import { EmptyState } from "../components/States.tsx";
import { paths } from "../routes.ts";

/** What is shown at an address that is no page. */
export function NotFound() {
  return (
    <>
      <PageHeader title="Nothing here" />
      <EmptyState
        icon={<SearchIcon />}
        title="There is no such page."
        action={
          <Link href={paths.projects()} className={buttonClass("secondary")}>
            Go to the projects
          </Link>
        }
      >
        The address may be mistyped.
      </EmptyState>
    </>
  );
}

/** What is shown at the address of a project that is not there. */
export function NoSuchProject({ siteKey }: { readonly siteKey: string }) {
  return (
    <>
      <PageHeader title="Nothing here" />
      <EmptyState
        icon={<SearchIcon />}
        title={`There is no project ${siteKey}.`}
        action={
          <Link href={paths.projects()} className={buttonClass("secondary")}>
            Go to the projects
          </Link>
        }
      >
        It was deleted, or the address is mistyped.
      </EmptyState>
    </>
  );
}
