import { PageHeader } from "../../components/PageHeader.tsx";
import type { ProjectPageProps } from "../../project-page.ts";

/** The start of a project. */
export default function StartPage({ siteKey }: ProjectPageProps) {
  return <PageHeader title="Start" about={siteKey} />;
}
