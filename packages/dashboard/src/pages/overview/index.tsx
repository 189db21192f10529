import { PageHeader } from "../../components/PageHeader.tsx";
import type { ProjectPageProps } from "../../project-page.ts";

/** The overview of a project. */
export default function OverviewPage({ siteKey }: ProjectPageProps) {
  return <PageHeader title="Overview" about={siteKey} />;
}
