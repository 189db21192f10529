import type { CorrectedStreak, CorrectZoneResponse } from "#gen/streak/v1/admin_service_pb.ts";
import type { User } from "#gen/streak/v1/user_pb.ts";
import { Notice } from "../../../components/Notice.tsx";
import { formatDay, formatNumber, plural } from "../../../format.ts";
import ledger from "../ledger/Ledger.module.css";
import { PreviewOutput } from "../ledger/PreviewOutput.tsx";
import { FromTo, StreakChanges } from "../ledger/StreakChanges.tsx";
import styles from "./Zone.module.css";
import { changesNothing, countRedated } from "./zones.ts";

/** How many redated days are named. */
const MAX_DAYS = 40;

/** What the correction of a zone would change. */
export function ZonePreview({
  data,
  user,
  isOld,
}: {
  /** What the server has answered; undefined until then. */
  readonly data: CorrectZoneResponse | undefined;
  readonly user: User;
  /** Whether it was answered for what the form had before. */
  readonly isOld: boolean;
}) {
  return (
    <PreviewOutput answer={data} isOld={isOld}>
      {(answer) =>
        changesNothing(answer, user) ? (
          <Notice kind="info">
            No event of these days was dated in the wrong zone, so there is nothing to correct.
          </Notice>
        ) : (
          <div className={ledger.preview}>
            <h3>What changes</h3>
            {answer.timeZone !== undefined && answer.timeZone !== user.timeZone && (
              <p className={styles.zone}>
                <FromTo name="time zone" before={user.timeZone ?? "none"} after={answer.timeZone} />
              </p>
            )}
            <StreakChanges changes={answer.streaks} detailsOf={(streak) => <Details streak={streak} />} />
          </div>
        )
      }
    </PreviewOutput>
  );
}

function Details({ streak: { correctedEvents, redatedDays, currentAfter } }: { readonly streak: CorrectedStreak }) {
  return (
    <dd className={styles.details}>
      {currentAfter === undefined && <p>No widget counts this event.</p>}
      {redatedDays.length === 0 ? (
        <p>{plural(correctedEvents, "event keeps its day", "events keep their days")}.</p>
      ) : (
        <details>
          <summary>
            {formatNumber(redatedDays.length)} of {plural(correctedEvents, "event gets", "events get")} another day
          </summary>
          <RedatedDays redatedDays={redatedDays} />
        </details>
      )}
    </dd>
  );
}

function RedatedDays({ redatedDays }: Pick<CorrectedStreak, "redatedDays">) {
  const days = countRedated(redatedDays);
  const rest = days.length - MAX_DAYS;
  return (
    <ul>
      {days.slice(0, MAX_DAYS).map(({ from, to, count }) => (
        <li key={`${from} ${to}`}>
          <FromTo before={formatDay(from)} after={formatDay(to)} />
          {count > 1 && `, ${formatNumber(count)} events`}
        </li>
      ))}
      {rest > 0 && <li>and {plural(rest, "more day", "more days")}</li>}
    </ul>
  );
}
