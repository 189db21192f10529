import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import styles from "./AuditLog.module.css";

/** What was changed, field by field: before and after. */
export function Differences({
  before = {},
  after = {},
  clipped,
}: {
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
  /** Fields that were too large for the log. */
  readonly clipped: readonly string[];
}) {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return (
    <dl className={styles.differences}>
      {fields.map((field) => (
        <div key={field}>
          <dt>
            <code>{field}</code>
          </dt>
          {field in before && (
            <dd>
              <del>
                <span className="visually-hidden">Before: </span>
                {shown(before[field])}
              </del>
            </dd>
          )}
          {field in after && (
            <dd>
              <ins>
                <span className="visually-hidden">After: </span>
                {shown(after[field])}
              </ins>
            </dd>
          )}
        </div>
      ))}
      {clipped.length > 0 && (
        <div>
          <dt>Too large for the log</dt>
          <dd>{clipped.join(", ")}</dd>
        </div>
      )}
    </dl>
  );
}

function shown(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value, undefined, 2);
}
