import { PageHeader } from "../../components/PageHeader.tsx";
import type { ProjectPageProps } from "../../project-page.ts";

/** The settings of a project. */
export default function SettingsPage({ siteKey }: ProjectPageProps) {
  return <PageHeader title="Settings" about={siteKey} />;
}
