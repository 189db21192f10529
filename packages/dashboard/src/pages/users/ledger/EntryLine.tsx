import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { ReactNode } from "react";
import { Button } from "../../../components/Button.tsx";
import { Badge, type BadgeKind } from "../../../components/Notice.tsx";
import { formatDateTime } from "../../../format.ts";
import styles from "./Ledger.module.css";
import { actorInWords } from "./words.ts";

/** Who has decided something, and when. */
interface Decided {
  readonly actor: string;
  readonly createTime?: Timestamp | undefined;
}

/** What a list says of a decision about streaks. */
interface EntryLineProps extends Decided {
  readonly id: string;
  /** What was decided, such as `Pause`. */
  readonly what: string;
  /** The days that it is about; empty when it is about none. */
  readonly days: string;
  readonly isTakenBack: boolean;
  /** Which streaks or what else it is about. */
  readonly about: ReactNode;
  /** How it stands today; undefined when there is nothing to say. */
  readonly standing: { readonly kind: BadgeKind; readonly text: string } | undefined;
  readonly reason: string;
  /** What else is said of it. */
  readonly more?: ReactNode;
  /** Is told when it is to be taken back; undefined when that can't be. */
  readonly onTakeBack: (() => void) | undefined;
  /** The dialogs about it. */
  readonly children: ReactNode;
}

/** A decision about streaks in a list: what it says, how it stands, why, by whom and when it was made. */
export function EntryLine(props: EntryLineProps) {
  const { id, what, days, isTakenBack, about, standing, reason, more, onTakeBack, children } = props;
  return (
    <li className={styles.entry}>
      <div className={styles.what}>
        <p className={styles.head}>
          <strong>{what}</strong> {isTakenBack ? <del>{days}</del> : days}
          {days !== "" && <span className={styles.dot}> · </span>}
          {about} {standing && <Badge kind={standing.kind}>{standing.text}</Badge>}
        </p>
        {more}
        <p className={styles.reason}>
          <bdi>{reason}</bdi>
        </p>
        <p className={styles.muted}>
          <DecidedBy {...props} /> · <code dir="auto">{id}</code>
        </p>
      </div>
      {onTakeBack !== undefined && (
        <Button kind="quiet" aria-label={`Take back ${id}`} onClick={onTakeBack}>
          Take back…
        </Button>
      )}
      {children}
    </li>
  );
}

/** Who has decided something, and when, such as `by the admin token, Aug 4, 2026, 9:12 AM`. */
export function DecidedBy({ actor, createTime }: Decided) {
  return (
    <>
      by {actorInWords(actor)}
      {createTime && <>, {formatDateTime(createTime)}</>}
    </>
  );
}

/** Which streaks a decision is about: those of an event, or all. */
export function AboutStreaks({ event }: { readonly event: string | undefined }) {
  return event === undefined ? "all streaks" : <bdi className={styles.event}>{event}</bdi>;
}
