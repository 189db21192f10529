import type { ReactNode } from "react";
import { formatNumber } from "../../../format.ts";
import styles from "./BarTable.module.css";

/** A row with a bar. */
export interface BarRow {
  readonly key: string;
  readonly name: ReactNode;
  /** The numbers, one for each column. The bar shows the first. */
  readonly values: readonly [number, ...number[]];
}

/** Rows with their numbers, and a bar for the first of them: a chart that is a table. */
export function BarTable({
  caption,
  nameTitle,
  valueTitles,
  rows,
}: {
  /** What the table lists, for screen readers. */
  readonly caption: string;
  readonly nameTitle: string;
  readonly valueTitles: readonly string[];
  readonly rows: readonly BarRow[];
}) {
  const most = Math.max(...rows.map(({ values }) => values[0]), 1);
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{nameTitle}</th>
          {valueTitles.map((title) => (
            <th key={title} scope="col" className={styles.number}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, values }) => (
          <tr key={key}>
            <th scope="row" className={styles.name}>
              {name}
              <div className={styles.track} aria-hidden="true">
                {values[0] > 0 && <div className={styles.bar} style={{ width: `${(100 * values[0]) / most}%` }} />}
              </div>
            </th>
            {values.map((value, index) => (
              <td key={valueTitles[index]} className={styles.number}>
                {formatNumber(value)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
