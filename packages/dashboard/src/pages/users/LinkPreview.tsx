import type { User } from "#gen/streak/v1/user_pb.ts";
import { Notice } from "../../components/Notice.tsx";
import { formatDay, plural } from "../../format.ts";
import styles from "./LinkAlias.module.css";

/** Says what a link would change. */
export function LinkPreview({
  anonymousId,
  userHash,
  visitor,
}: {
  readonly anonymousId: string;
  readonly userHash: string;
  /** The user that the name leads to so far; undefined when nothing is recorded under it. */
  readonly visitor: User | undefined;
}) {
  const name = <bdi className={styles.name}>{anonymousId}</bdi>;
  const user = <bdi className={styles.name}>{userHash}</bdi>;
  if (visitor === undefined) {
    return (
      <Notice kind="info">
        Nothing is recorded under {name} yet. What comes later will count for {user}.
      </Notice>
    );
  }
  if (visitor.userHash === userHash) {
    return (
      <Notice kind="good">
        {name} is an alias of {user} already. There is nothing to do.
      </Notice>
    );
  }
  if (visitor.userHash !== anonymousId) {
    return (
      <Notice kind="warn">
        {name} is an alias of <bdi className={styles.name}>{visitor.userHash}</bdi> now, who keeps the days so far. Only
        what comes later under {name} will count for {user}.
      </Notice>
    );
  }
  return (
    <Notice kind="warn">
      {name} will be a user no longer: {merged(visitor)} will be those of {user}, and nobody can tell them apart again.
    </Notice>
  );
}

function merged({ activeDays, firstActiveDate, lastActiveDate, aliases }: User): string {
  const others = aliases.length === 0 ? "" : ` and ${plural(aliases.length, "alias", "aliases")}`;
  if (firstActiveDate === undefined || lastActiveDate === undefined) {
    return `its events${others}`;
  }
  const span =
    activeDays === 1
      ? `of ${formatDay(firstActiveDate)}`
      : `from ${formatDay(firstActiveDate)} to ${formatDay(lastActiveDate)}`;
  return `its ${plural(activeDays, "active day", "active days")} (${span})${others}`;
}
