import type { Difference } from "./difference.ts";
import styles from "./Editor.module.css";

/** Changes, each in words: before and after; and one's own value where somebody else has changed the same field. */
export function DifferenceList({ all }: { readonly all: readonly (Difference & { readonly mine?: string })[] }) {
  return (
    <dl className={styles.differences}>
      {all.map(({ key, label, before, after, mine }) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd>
            <del>
              <span className="visually-hidden">Before: </span>
              <bdi>{before || "nothing"}</bdi>
            </del>{" "}
            <span aria-hidden="true">→</span>{" "}
            <ins>
              <span className="visually-hidden">After: </span>
              <bdi>{after || "nothing"}</bdi>
            </ins>
            {mine !== undefined && mine !== after && (
              <span className={styles.mine}>
                {" "}
                (yours: <bdi>{mine || "nothing"}</bdi>)
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
