import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { CSSProperties } from "react";
import { lookClass } from "../../../rules/Legend.tsx";
import { StatusIcon } from "../../../rules/StatusIcon.tsx";
import { LOOKS, lookOf } from "../../../rules/status.ts";
import { DecidedBy } from "../ledger/EntryLine.tsx";
import styles from "./Explanation.module.css";
import type { DayInPeriod } from "./groups.ts";
import { eventWords, reasonOf } from "./reasons.ts";

const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "short", timeZone: "UTC" });
const NUMBER = new Intl.DateTimeFormat(undefined, { day: "numeric", timeZone: "UTC" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeZone: "UTC" });

/** A day with the reason why it is what it is, and with the event that has done it. */
export function ExplainedDay({
  each,
  column,
  isToday,
  isRunStart,
}: {
  readonly each: DayInPeriod;
  /** In which column it stands, from 1; undefined for the one after that of the day before. */
  readonly column: number | undefined;
  readonly isToday: boolean;
  readonly isRunStart: boolean;
}) {
  const { day, period } = each;
  const look = lookOf(day, period);
  const date = new Date(day.isoDate);
  const reason = reasonOf(each, isRunStart);
  const event = day.checkIn && eventWords(day.checkIn, day.isoDate);
  return (
    <li
      className={`${styles.day} ${isToday ? styles.today : ""}`}
      style={{ "--column": column } as CSSProperties}
      aria-current={isToday ? "date" : undefined}
    >
      <div className={`${styles.strip} ${lookClass(look)}`}>
        <time dateTime={day.isoDate}>
          <span aria-hidden="true">
            <span className={styles.weekday}>{WEEKDAY.format(date)}</span> {NUMBER.format(date)}
          </span>
          <span className="visually-hidden">{FULL.format(date)}</span>
        </time>
        <StatusIcon look={look} />
      </div>
      <div className={styles.reason}>
        <strong>{LOOKS[look].label}</strong>
        {reason !== "" && <span>{reason}</span>}
        {day.entry && <Decision {...day.entry} id={day.entry.entryId} />}
        {day.amnesty && <Decision {...day.amnesty} id={day.amnesty.amnestyId} />}
        {day.journey && (
          <span className={styles.note}>
            <bdi>{day.journey.fromTimeZone}</bdi> <span aria-hidden="true">→</span>{" "}
            <span className="visually-hidden">to</span> <bdi>{day.journey.toTimeZone}</bdi>
          </span>
        )}
        {event !== undefined && (
          <>
            <span className={styles.note}>{event.time}</span>
            <span>
              <bdi>{event.zone}</bdi>
            </span>
            <span>{event.received}</span>
          </>
        )}
      </div>
    </li>
  );
}

/** What was decided that makes a day what it is: a pause, a granted freeze, a repair or an amnesty. */
function Decision({
  id,
  reason,
  actor,
  createTime,
}: {
  readonly id: string;
  readonly reason: string;
  readonly actor: string;
  readonly createTime?: Timestamp | undefined;
}) {
  return (
    <>
      <span className={styles.note}>
        <bdi>{reason}</bdi>
      </span>
      <span>
        <DecidedBy {...{ actor, createTime }} />
      </span>
      <code dir="auto">{id}</code>
    </>
  );
}
