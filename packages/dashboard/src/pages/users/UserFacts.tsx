import type { User } from "#gen/streak/v1/user_pb.ts";
import { CopyButton } from "../../components/CopyButton.tsx";
import { formatDate, formatDay, plural } from "../../format.ts";
import styles from "./UserFacts.module.css";

/** What is known of a user as a whole: when the user was active, and where. */
export function UserFacts({ user }: { readonly user: User }) {
  const { userHash, activeDays, firstActiveDate, lastActiveDate, timeZone, timeZoneEventTime } = user;
  return (
    <ul className={styles.facts}>
      <li>
        <strong>{plural(activeDays, "active day", "active days")}</strong>
        {firstActiveDate !== undefined && firstActiveDate !== lastActiveDate && (
          <> since {formatDay(firstActiveDate)}</>
        )}
      </li>
      {lastActiveDate !== undefined && <li>last active {formatDay(lastActiveDate)}</li>}
      <li>
        {timeZone === undefined ? (
          "in the project’s time zone"
        ) : (
          <>
            in <strong>{timeZone}</strong>
            {timeZoneEventTime && <>, by an event of {formatDate(timeZoneEventTime)}</>}
          </>
        )}
      </li>
      <li className={styles.copy}>
        <CopyButton text={userHash} label="Copy the name" />
      </li>
    </ul>
  );
}
