import { type AuditEntry, AuditOutcome } from "#gen/streak/v1/audit_pb.ts";
import { Badge } from "../../../components/Notice.tsx";
import { formatDateTime, plural } from "../../../format.ts";
import styles from "./AuditLog.module.css";
import { Differences } from "./Differences.tsx";

/** One entry of the audit log. What was changed can be unfolded. */
export function Entry({ entry, onActor }: { readonly entry: AuditEntry; readonly onActor: (actor: string) => void }) {
  const { time, actor, actorName, address, requestId, resource, before, after } = entry;
  const hasDetails = before !== undefined || after !== undefined;
  const head = (
    <>
      <strong>{titleOf(entry)}</strong> <Outcome outcome={entry.outcome} />
    </>
  );
  return (
    <li className={styles.entry}>
      <div className={styles.when}>{time === undefined ? "" : formatDateTime(time)}</div>
      <div className={styles.what}>
        {hasDetails ? (
          <details>
            <summary>{head}</summary>
            <Differences before={before} after={after} clipped={entry.clipped} />
            {requestId !== "" && (
              <p className={styles.by}>
                Request <code>{requestId}</code>
              </p>
            )}
          </details>
        ) : (
          <p>{head}</p>
        )}
        <p className={styles.by}>
          by{" "}
          <button type="button" className={styles.actor} onClick={() => onActor(actor)}>
            {actorName || actor}
          </button>
          {address !== "" && ` from ${address}`}
          {resource !== "" && (
            <>
              {" · "}
              <code>{resource}</code>
            </>
          )}
        </p>
      </div>
    </li>
  );
}

/** What was called, in words: `UpdateProject` is `Update project`. */
function titleOf({ method, code, count, outcome }: AuditEntry): string {
  const name = method.slice(method.lastIndexOf("/") + 1);
  const words = name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return outcome === AuditOutcome.REFUSED
    ? `${words || "Calls"}: ${plural(count, "attempt", "attempts")} refused with ${code}`
    : words;
}

function Outcome({ outcome }: { readonly outcome: AuditOutcome }) {
  switch (outcome) {
    case AuditOutcome.REFUSED:
      return <Badge kind="bad">Refused</Badge>;
    case AuditOutcome.UNKNOWN:
      return <Badge kind="warn">Not known whether done</Badge>;
    default:
      return undefined;
  }
}
