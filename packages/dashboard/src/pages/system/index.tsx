import { PageHeader } from "../../components/PageHeader.tsx";

/** How the server does. */
export default function SystemPage() {
  return <PageHeader title="System" />;
}
