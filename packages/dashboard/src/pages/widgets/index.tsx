import { PageHeader } from "../../components/PageHeader.tsx";
import type { ProjectPageProps } from "../../project-page.ts";

/** The widgets of a project. */
export default function WidgetsPage({ siteKey }: ProjectPageProps) {
  return <PageHeader title="Widgets" about={siteKey} />;
}
