import { Button } from "../../components/Button.tsx";
import { ChevronRightIcon } from "../../components/icons.tsx";
import styles from "./YearSwitch.module.css";

/** Goes from year to year, within the years in which there can be days. */
export function YearSwitch({
  year,
  first,
  last,
  onYear,
}: {
  readonly year: number;
  readonly first: number;
  readonly last: number;
  readonly onYear: (year: number) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields of a form.
    <div role="group" aria-label="Year" className={styles.switch}>
      <span className={styles.before}>
        <Button
          kind="quiet"
          icon={<ChevronRightIcon />}
          aria-label={`Show ${year - 1}`}
          disabled={year <= first}
          onClick={() => onYear(year - 1)}
        />
      </span>
      <output className={styles.year}>{year}</output>
      <Button
        kind="quiet"
        icon={<ChevronRightIcon />}
        aria-label={`Show ${year + 1}`}
        disabled={year >= last}
        onClick={() => onYear(year + 1)}
      />
    </div>
  );
}
