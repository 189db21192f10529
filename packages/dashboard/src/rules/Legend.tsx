import styles from "./Status.module.css";
import { StatusIcon } from "./StatusIcon.tsx";
import { type DayLook, LOOK_NAMES, LOOKS } from "./status.ts";

/** The class of an element that shows what became of a day. */
export function lookClass(look: DayLook): string {
  return styles[look] ?? "";
}

/** What the signs and patterns of a calendar mean: those that it has. */
export function Legend({ looks }: { readonly looks: ReadonlySet<DayLook> }) {
  return (
    <ul className={styles.legend} aria-label="Legend">
      {LOOK_NAMES.filter((look) => looks.has(look)).map((look) => (
        <li key={look}>
          <span className={`${styles.swatch} ${styles[look]}`}>
            <StatusIcon look={look} />
          </span>
          {LOOKS[look].label}
        </li>
      ))}
    </ul>
  );
}
