import { useSearchParams } from "wouter";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { Framed } from "../../components/Framed.tsx";
import { NeedsScope } from "../../components/NeedsScope.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { SkeletonLines } from "../../components/States.tsx";
import { Tabs } from "../../components/Tabs.tsx";
import type { ProjectPageProps } from "../../project-page.ts";
import { useProject } from "../../projects.ts";
import { useSession } from "../../session.tsx";
import { AnalyticsSettings } from "./analytics/AnalyticsSettings.tsx";
import { AuditLog } from "./audit/AuditLog.tsx";
import { GeneralSettings } from "./general/GeneralSettings.tsx";
import { HolidaySettings } from "./holidays/HolidaySettings.tsx";
import { PlanSettings } from "./plan/PlanSettings.tsx";
import { SigningSecrets } from "./secrets/SigningSecrets.tsx";
import { Tokens } from "./tokens/Tokens.tsx";

const TABS = ["general", "holidays", "analytics", "plan", "tokens", "secrets", "audit"] as const;

/** What can be set for a project, and who has changed it. The tab is in the address. */
export default function SettingsPage({ siteKey }: ProjectPageProps) {
  const { has } = useSession();
  const [search, setSearch] = useSearchParams();
  const tab = TABS.find((each) => each === search.get("tab")) ?? "general";
  return (
    <>
      <PageHeader title="Settings" about={<code>{siteKey}</code>} />
      {has(Scope.PROJECT_MANAGE) ? (
        <Tabs
          label="Settings"
          value={tab}
          onValue={(value) => setSearch({ tab: value })}
          tabs={[
            { value: "general", label: "General", content: <OfProject siteKey={siteKey} part="general" /> },
            { value: "holidays", label: "Holidays", content: <OfProject siteKey={siteKey} part="holidays" /> },
            { value: "analytics", label: "Analytics", content: <OfProject siteKey={siteKey} part="analytics" /> },
            { value: "plan", label: "Plan and limits", content: <OfProject siteKey={siteKey} part="plan" /> },
            { value: "tokens", label: "Tokens", content: <Tokens siteKey={siteKey} /> },
            { value: "secrets", label: "Signing secrets", content: <SigningSecrets siteKey={siteKey} /> },
            { value: "audit", label: "Audit log", content: <AuditLog siteKey={siteKey} /> },
          ]}
        />
      ) : (
        <NeedsScope scope={Scope.PROJECT_MANAGE} to="see a project’s settings" />
      )}
    </>
  );
}

/** The forms about fields of the project itself. */
const FORMS = {
  general: GeneralSettings,
  holidays: HolidaySettings,
  analytics: AnalyticsSettings,
  plan: PlanSettings,
} as const;

/** One of these forms, when the project has been read. */
function OfProject({ siteKey, part }: { readonly siteKey: string; readonly part: keyof typeof FORMS }) {
  const { project, ...query } = useProject(siteKey);
  const Form = FORMS[part];
  return (
    <Framed query={{ ...query, data: project }} skeleton={<SkeletonLines lines={6} height="4rem" />}>
      {(read) => <Form project={read} />}
    </Framed>
  );
}
