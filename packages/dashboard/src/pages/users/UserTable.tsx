import { Link } from "wouter";
import type { UserSummary } from "#gen/streak/v1/user_pb.ts";
import { Skeleton } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { formatDay } from "../../format.ts";
import { paths } from "../../routes.ts";
import { StreakChips } from "./StreakChips.tsx";
import styles from "./UserTable.module.css";

/** How many rows stand where users will be: some more than a window shows. */
const SKELETON_ROWS = 10;

/** The users of a page. The whole row leads to its user. */
export function UserTable({ siteKey, users }: { readonly siteKey: string; readonly users: readonly UserSummary[] }) {
  return (
    <div className={styles.table}>
      <Table caption="Users" columns={columnsOf(siteKey)} rows={users} keyOf={({ userHash }) => userHash} />
    </div>
  );
}

function columnsOf(siteKey: string): Column<UserSummary>[] {
  return [
    { key: "user", title: "User", cell: (user) => <UserCell siteKey={siteKey} user={user} /> },
    { key: "streaks", title: "Current streaks", cell: ({ streaks }) => <StreakChips streaks={streaks} /> },
    {
      key: "active",
      title: "Last active",
      isExtra: true,
      cell: ({ lastActiveDate }) => <time dateTime={lastActiveDate}>{formatDay(lastActiveDate)}</time>,
    },
    {
      key: "zone",
      title: "Zone",
      isExtra: true,
      cell: ({ timeZone }) => timeZone ?? <span className={styles.muted}>the project’s</span>,
    },
  ];
}

function UserCell({ siteKey, user }: { readonly siteKey: string; readonly user: UserSummary }) {
  const { userHash, lastActiveDate } = user;
  return (
    <>
      <Link href={paths.user(siteKey, userHash)} className={styles.user} title={userHash}>
        <bdi>{userHash}</bdi>
      </Link>
      {/* On narrow screens, which have no column for it. */}
      <span className={styles.narrow}>{formatDay(lastActiveDate)}</span>
    </>
  );
}

/** Rows of the size of users. */
export function UserTableSkeleton() {
  return (
    <div role="status" aria-label="Loading" className={styles.skeleton}>
      {Array.from({ length: SKELETON_ROWS }, (_, row) => row).map((row) => (
        <div key={row} className={styles.row}>
          <Skeleton width="11rem" height="1rem" />
          <Skeleton width="8rem" height="1.5rem" />
        </div>
      ))}
    </div>
  );
}
