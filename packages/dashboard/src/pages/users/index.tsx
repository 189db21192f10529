import { Scope } from "#gen/streak/v1/token_pb.ts";
import { PageHeader } from "../../components/PageHeader.tsx";
import { NotAllowedState } from "../../components/States.tsx";
import type { ProjectPageProps } from "../../project-page.ts";
import { scopeName } from "../../scopes.ts";
import { useSession } from "../../session.tsx";
import { UserList } from "./UserList.tsx";
import { UserPage } from "./UserPage.tsx";

/** The users of a project, or one of them. */
export default function UsersPage({ siteKey, userHash }: ProjectPageProps) {
  const session = useSession();
  if (!session.has(Scope.USERS_MANAGE)) {
    return <NotAllowed scopes={session.scopes} />;
  }
  return userHash === undefined ? <UserList siteKey={siteKey} /> : <UserPage siteKey={siteKey} userHash={userHash} />;
}

/** Says which scope is missing, instead of asking the server only to be refused. */
function NotAllowed({ scopes }: { readonly scopes: readonly Scope[] }) {
  return (
    <>
      <PageHeader title="Users" />
      <NotAllowedState>
        Users are shown to tokens with the scope <code>{scopeName(Scope.USERS_MANAGE)}</code>. Yours has{" "}
        {scopes.length === 0 ? "none" : <code>{scopes.map(scopeName).join(", ")}</code>}. Sign in with another token, or
        ask whoever made yours.
      </NotAllowedState>
    </>
  );
}
