import { Link } from "wouter";
import type { UserSummary } from "#gen/streak/v1/user_pb.ts";
import { buttonClass } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { Framed } from "../../components/Framed.tsx";
import { SearchIcon, UsersIcon } from "../../components/icons.tsx";
import { EmptyState } from "../../components/States.tsx";
import { plural } from "../../format.ts";
import { paths } from "../../routes.ts";
import { ShowMore } from "./ShowMore.tsx";
import styles from "./UserList.module.css";
import { UserSearch } from "./UserSearch.tsx";
import { UserTable, UserTableSkeleton } from "./UserTable.tsx";
import { usePrefix } from "./use-prefix.ts";
import { useUsers } from "./use-users.ts";

/** Everybody who has done at least one day, and the way to those who have not. */
export function UserList({ siteKey }: { readonly siteKey: string }) {
  const { text, setText, prefix } = usePrefix();
  const query = useUsers(siteKey, prefix);
  return (
    <div className={styles.page}>
      <UserSearch siteKey={siteKey} text={text} onText={setText} />
      <Card isFlush>
        <div className={query.isPlaceholderData ? styles.old : undefined} aria-busy={query.isPlaceholderData}>
          <Results siteKey={siteKey} prefix={prefix} query={query} />
        </div>
      </Card>
    </div>
  );
}

interface ResultsProps {
  readonly siteKey: string;
  readonly prefix: string;
  readonly query: ReturnType<typeof useUsers>;
}

function Results({ siteKey, prefix, query }: ResultsProps) {
  return (
    <Framed query={{ ...query, data: query.users }} skeleton={<UserTableSkeleton />}>
      {(users) => <Users siteKey={siteKey} prefix={prefix} query={query} users={users} />}
    </Framed>
  );
}

function Users({ siteKey, prefix, query, users }: ResultsProps & { readonly users: readonly UserSummary[] }) {
  const { hasNextPage } = query;
  // A page may hold nobody although further pages do.
  if (users.length === 0 && !hasNextPage) {
    return prefix === "" ? <NoUsers siteKey={siteKey} /> : <NoMatch siteKey={siteKey} prefix={prefix} />;
  }
  return (
    <>
      {users.length > 0 ? <UserTable siteKey={siteKey} users={users} /> : <UserTableSkeleton />}
      <ShowMore query={query} />
      <p role="status" className="visually-hidden">
        {plural(users.length, "user", "users")} shown{hasNextPage ? ", and there are more" : ""}
      </p>
    </>
  );
}

function NoUsers({ siteKey }: { readonly siteKey: string }) {
  return (
    <EmptyState
      icon={<UsersIcon />}
      title="No users yet"
      action={
        <Link href={paths.project(siteKey, "start")} className={buttonClass("primary")}>
          Record the first event
        </Link>
      }
    >
      A user appears here with the first event that counts for a streak.
    </EmptyState>
  );
}

function NoMatch({ siteKey, prefix }: { readonly siteKey: string; readonly prefix: string }) {
  return (
    <EmptyState
      icon={<SearchIcon />}
      title="Nobody in the list has such a name."
      action={
        <Link href={paths.user(siteKey, prefix)} className={buttonClass("secondary")}>
          Open this name
        </Link>
      }
    >
      No user’s name begins with{" "}
      <q>
        <bdi>{prefix}</bdi>
      </q>
      . Upper and lower case differ. If this is a whole name, it may be an alias, or a user who has only seen a widget.
    </EmptyState>
  );
}
