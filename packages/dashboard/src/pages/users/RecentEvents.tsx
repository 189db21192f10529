import type { JsonObject } from "@bufbuild/protobuf";
import { useState } from "react";
import { EventType } from "#gen/streak/v1/streak_service_pb.ts";
import type { UserEvent } from "#gen/streak/v1/user_pb.ts";
import { Button } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { formatDateTime, formatDay, plural } from "../../format.ts";
import styles from "./RecentEvents.module.css";

/** How many events are shown at first. */
const SHOWN_AT_FIRST = 8;

const TYPES: Readonly<Record<EventType, string>> = {
  [EventType.UNSPECIFIED]: "event",
  [EventType.STREAK_INTERACTION]: "streak interaction",
  [EventType.WIDGET_IMPRESSION]: "widget impression",
  [EventType.WIDGET_INTERACTION]: "widget interaction",
};

/** The newest stored events of a user, with what came with them. */
export function RecentEvents({ events }: { readonly events: readonly UserEvent[] }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? events : events.slice(0, SHOWN_AT_FIRST);
  return (
    <Card
      title="Recent events"
      about="The newest that are stored. A streak interaction is stored when it is the first of its day."
    >
      {events.length === 0 ? (
        <p className={styles.none}>None is stored under this user.</p>
      ) : (
        <>
          <ol className={styles.events}>
            {shown.map((event, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: events have no ID, and the list changes as a whole.
              <Event key={index} event={event} />
            ))}
          </ol>
          {shown.length < events.length && (
            <div className={styles.more}>
              <Button onClick={() => setWhole(true)}>Show all {events.length}</Button>
            </div>
          )}
        </>
      )}
    </Card>
  );
}

function Event({ event: { event, eventType, isoDate, ts, tz, meta, sessionId } }: { readonly event: UserEvent }) {
  return (
    <li className={styles.event}>
      <div className={styles.head}>
        <bdi className={styles.name}>{event}</bdi>
        <span className={styles.type}>{TYPES[eventType]}</span>
        {ts && <span className={styles.time}>{formatDateTime(ts)}</span>}
      </div>
      <dl className={styles.facts}>
        <Fact name="Day">{formatDay(isoDate)}</Fact>
        {tz !== undefined && <Fact name="Zone">{tz}</Fact>}
        {sessionId !== undefined && <Fact name="Session">{sessionId}</Fact>}
      </dl>
      {meta !== undefined && <Meta meta={meta} />}
    </li>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}

function Meta({ meta }: { readonly meta: JsonObject }) {
  return (
    <details className={styles.meta}>
      <summary>
        <span>{plural(Object.keys(meta).length, "field", "fields")} of data</span>
        <code dir="ltr">{JSON.stringify(meta)}</code>
      </summary>
      <pre dir="ltr">{JSON.stringify(meta, undefined, 2)}</pre>
    </details>
  );
}
