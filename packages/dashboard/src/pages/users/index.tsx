import { Scope } from "#gen/streak/v1/token_pb.ts";
import { NeedsScope } from "../../components/NeedsScope.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import type { ProjectPageProps } from "../../project-page.ts";
import { useSession } from "../../session.tsx";
import { UserList } from "./UserList.tsx";
import { UserPage } from "./UserPage.tsx";

/** The users of a project, or one of them. */
export default function UsersPage({ siteKey, userHash }: ProjectPageProps) {
  if (!useSession().has(Scope.USERS_MANAGE)) {
    return (
      <>
        <PageHeader title="Users" />
        <NeedsScope scope={Scope.USERS_MANAGE} to="see the users" />
      </>
    );
  }
  return userHash === undefined ? <UserList siteKey={siteKey} /> : <UserPage siteKey={siteKey} userHash={userHash} />;
}
