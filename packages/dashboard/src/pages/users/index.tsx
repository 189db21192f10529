import { PageHeader } from "../../components/PageHeader.tsx";
import type { ProjectPageProps } from "../../project-page.ts";

/** The users of a project. */
export default function UsersPage({ siteKey }: ProjectPageProps) {
  return <PageHeader title="Users" about={siteKey} />;
}
