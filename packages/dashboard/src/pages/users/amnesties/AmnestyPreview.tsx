import { Button } from "../../../components/Button.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { problemOf } from "../../../errors.ts";
import { plural } from "../../../format.ts";
import ledger from "../ledger/Ledger.module.css";
import { StreakChanges } from "../ledger/StreakChanges.tsx";
import styles from "./Amnesties.module.css";
import { foundInWords } from "./found.ts";
import { type Preview, useFound } from "./use-found.ts";

/** Whose streaks an amnesty would change. Give it the preview as its key: another preview begins anew. */
export function AmnestyPreview({
  preview,
  isOld,
  unchanged,
}: {
  readonly preview: Preview;
  /** Whether the form has something else by now. */
  readonly isOld: boolean;
  /** What is said when no number of today changes. */
  readonly unchanged: string;
}) {
  const { found, isRunning, error, stop, goOn } = useFound(preview);
  const { named, changed, lookedAt, isWhole } = found;
  const others = changed - named.length;
  return (
    <section aria-label="Preview" className={`${ledger.preview} ${isOld ? ledger.old : ""}`} aria-busy={isRunning}>
      <div className={styles.bar}>
        <h3>Whose streaks change today</h3>
        {isRunning && <Button onClick={stop}>Stop</Button>}
        {!isRunning && !isWhole && <Button onClick={goOn}>Go on</Button>}
      </div>
      <p role={isRunning ? undefined : "status"}>
        {(lookedAt > 0 || isWhole) && <strong>{foundInWords(found)}</strong>}
        {isRunning && (
          <span className={ledger.muted}>{lookedAt > 0 ? " · looking at more…" : "Looking at users…"}</span>
        )}
        {isWhole && changed === 0 && <>. {unchanged}</>}
      </p>
      {named.length > 0 && (
        <ul className={styles.users}>
          {named.map(({ userHash, changes }) => (
            <li key={userHash}>
              <bdi className={styles.user}>{userHash}</bdi>
              <StreakChanges changes={changes} />
            </li>
          ))}
        </ul>
      )}
      {others > 0 && <p className={ledger.muted}>and {plural(others, "more user", "more users")}</p>}
      {error !== undefined && <Notice kind="warn">The preview could not go on: {problemOf(error).message}</Notice>}
      {!isWhole && lookedAt > 0 && (
        <p className={ledger.muted}>You need not wait: the amnesty holds for all users, looked at or not.</p>
      )}
    </section>
  );
}
