import { useSearchParams } from "wouter";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { NeedsScope } from "../../components/NeedsScope.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Tabs } from "../../components/Tabs.tsx";
import type { ProjectPageProps } from "../../project-page.ts";
import { useSession } from "../../session.tsx";
import { Amnesties } from "./amnesties/Amnesties.tsx";
import { TAB } from "./paths.ts";
import { UserList } from "./UserList.tsx";
import { UserPage } from "./UserPage.tsx";

/** The users of a project, or one of them. */
export default function UsersPage({ siteKey, userHash }: ProjectPageProps) {
  if (!useSession().has(Scope.USERS_MANAGE)) {
    return (
      <>
        <PageHeader title="Users" />
        <NeedsScope scope={Scope.USERS_MANAGE} to="see the users and amnesties" />
      </>
    );
  }
  return userHash === undefined ? <AllUsers siteKey={siteKey} /> : <UserPage siteKey={siteKey} userHash={userHash} />;
}

/** The list of the users, and what was decided for all of them. The tab is in the address. */
function AllUsers({ siteKey }: { readonly siteKey: string }) {
  const [search, setSearch] = useSearchParams();
  const tab = search.get(TAB.parameter) === TAB.amnesties ? TAB.amnesties : "list";
  return (
    <>
      <PageHeader title="Users" about="Everybody who has done something on at least one day." />
      <Tabs
        label="Users"
        value={tab}
        onValue={(value) => setSearch(value === "list" ? {} : { [TAB.parameter]: value })}
        tabs={[
          { value: "list", label: "List", content: <UserList siteKey={siteKey} /> },
          { value: TAB.amnesties, label: "Amnesties", content: <Amnesties siteKey={siteKey} /> },
        ]}
      />
    </>
  );
}
