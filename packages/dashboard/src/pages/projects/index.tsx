import { PageHeader } from "../../components/PageHeader.tsx";

/** All projects. */
export default function ProjectsPage() {
  return <PageHeader title="Projects" />;
}
