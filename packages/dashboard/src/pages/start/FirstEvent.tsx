import { useQuery } from "@connectrpc/connect-query";
import { Link } from "wouter";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { CheckIcon } from "../../components/icons.tsx";
import { problemOf } from "../../errors.ts";
import { formatDay } from "../../format.ts";
import { paths } from "../../routes.ts";
import { useSession } from "../../session.tsx";
import styles from "./FirstEvent.module.css";

/** How often the page asks whether an event has come, in milliseconds. While the page is hidden it does not ask. */
const POLL_MS = 2_000;

/** Tells whether an event has come, and waits for the first one. */
export function FirstEvent({ siteKey }: { readonly siteKey: string }) {
  const { has } = useSession();
  const mayLook = has(Scope.USERS_MANAGE);
  const { data, error } = useQuery(
    AdminService.method.listUsers,
    { siteKey, pageSize: 1 },
    { enabled: mayLook, refetchInterval: ({ state }) => (state.data?.users.length ? false : POLL_MS) },
  );
  const user = data?.users[0];
  if (user !== undefined) {
    return (
      <div className={`${styles.banner} ${styles.done}`} role="status">
        <span className={styles.mark}>
          <CheckIcon />
        </span>
        <div>
          <p className={styles.title}>Events are arriving.</p>
          <p>
            The latest day of <Link href={paths.user(siteKey, user.userHash)}>{user.userHash}</Link> is{" "}
            {formatDay(user.lastActiveDate)}. See all of them on the{" "}
            <Link href={paths.project(siteKey, "overview")}>overview</Link>.
          </p>
        </div>
      </div>
    );
  }
  return (
    <div className={styles.banner} role="status">
      <span className={mayLook ? styles.pulse : styles.mark} />
      <div>
        <p className={styles.title}>{mayLook ? "Waiting for your first event…" : "Record your first event"}</p>
        <p>{textOf(mayLook, error)}</p>
      </div>
    </div>
  );
}

function textOf(mayLook: boolean, error: unknown): string {
  if (error != null) {
    return problemOf(error).message;
  }
  return mayLook
    ? "Run one of the lines below. This turns green when the event has come."
    : "To see here whether it has come, sign in with a token that has the scope users:manage.";
}
