import type { Widget } from "#gen/streak/v1/project_pb.ts";
import { addDays } from "../../../dates.ts";
import { formatDay, plural } from "../../../format.ts";
import { toRulesDraft } from "../../../rules/draft.ts";
import { versionsOf } from "../../../rules/versions.ts";
import { cumulativeInWords, rulesInWords } from "../../../rules/words.ts";
import type { Mode } from "../modes.ts";
import styles from "./Rules.module.css";

/** Since when the saved rules hold, and which held before. */
export function Versions({
  saved,
  mode,
  today,
}: {
  /** The widget as it is saved; undefined for a new widget. */
  readonly saved: Widget | undefined;
  /** The mode of the form, by which the versions count. */
  readonly mode: Mode;
  readonly today: string;
}) {
  if (saved?.rulesFrom === undefined) {
    return undefined;
  }
  const { earlierRules, rulesFrom } = saved;
  const isToCome = rulesFrom > today;
  const versions = versionsOf(saved);
  const inWords = mode === "cumulative" ? cumulativeInWords : rulesInWords;
  return (
    <div className={styles.versions}>
      <p className={styles.hint}>
        {isToCome ? "The saved rules will hold from " : "The saved rules have held since "}
        <strong>{formatDay(rulesFrom)}</strong>.
      </p>
      <details open={isToCome || undefined}>
        <summary>{plural(earlierRules.length, "earlier version", "earlier versions")}</summary>
        <ol>
          {versions.map(({ from, rules: ofVersion }, place) => {
            const next = versions[place + 1]?.from;
            return (
              <li key={from ?? ""}>
                <span className={styles.span}>{spanOf(from, next)}</span>
                <bdi>{inWords(toRulesDraft(ofVersion))}</bdi>
              </li>
            );
          })}
        </ol>
      </details>
    </div>
  );
}

/** From when until when a version holds, such as `Until Nov 30, 2026`. */
function spanOf(from: string | undefined, next: string | undefined): string {
  if (next === undefined) {
    return from === undefined ? "Always" : `From ${formatDay(from)}`;
  }
  const last = formatDay(addDays(next, -1));
  return from === undefined ? `Until ${last}` : `${formatDay(from)} – ${last}`;
}
