import type { UserStreak } from "#gen/streak/v1/user_pb.ts";
import { formatNumber, plural } from "../../format.ts";
import { untilInWords } from "../../rules/progress.ts";
import { StatusIcon } from "../../rules/StatusIcon.tsx";
import { countOf, daysSpanned, namesUnit, unitOf } from "../../rules/units.ts";
import { ChipFlame } from "./ChipFlame.tsx";
import styles from "./StreakChips.module.css";

/** How many streaks a row shows. */
const MAX_CHIPS = 3;

/** A user's streaks, the longest first, as small signs. */
export function StreakChips({ streaks }: { readonly streaks: readonly UserStreak[] }) {
  const longestFirst = streaks.toSorted((one, other) => lengthOf(other) - lengthOf(one));
  const rest = longestFirst.length - MAX_CHIPS;
  return (
    <ul className={styles.chips}>
      {longestFirst.slice(0, MAX_CHIPS).map((streak) => (
        <Chip key={streak.event} streak={streak} />
      ))}
      {rest > 0 && <li className={styles.rest}>+{formatNumber(rest)} more</li>}
    </ul>
  );
}

function Chip({ streak: { event, streak, daysDone } }: { readonly streak: UserStreak }) {
  const name = (
    <bdi className={styles.event} title={event}>
      {event}
    </bdi>
  );
  if (streak === undefined) {
    return (
      <li className={styles.chip}>
        {name}
        <span>{plural(daysDone, "day", "days")}, no widget</span>
      </li>
    );
  }
  const { current, todayDone, pending, pause } = streak;
  const isAlive = current > 0;
  const look = pause ? styles.paused : isAlive && (pending ? styles.pending : styles.done);
  return (
    <li className={`${styles.chip} ${look || ""}`}>
      {pause ? <StatusIcon look="paused" /> : isAlive && <ChipFlame isLit={!pending} />}
      <strong>{namesUnit(streak) ? countOf(current, unitOf(streak)) : formatNumber(current)}</strong>
      {name}
      {pause ? (
        <span className={styles.state}>paused{untilInWords(pause)}</span>
      ) : (
        pending && <span className={styles.state}>pending</span>
      )}
      {todayDone && <span className="visually-hidden">, today done</span>}
    </li>
  );
}

function lengthOf({ streak, daysDone }: UserStreak): number {
  return streak === undefined ? -1 : daysSpanned(streak, daysDone);
}
