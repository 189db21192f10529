import { colorsOf, THEME_NAMES } from "../themes.ts";
import styles from "./ThemeField.module.css";

/** A choice of the widget's themes by their colours. */
export function ThemeField({
  name,
  onName,
  error,
}: {
  /** Undefined when the theme is none of the widget's. */
  readonly name: string | undefined;
  readonly onName: (name: string) => void;
  readonly error: string | undefined;
}) {
  return (
    <fieldset className={styles.themes}>
      <legend>Theme</legend>
      <div className={styles.swatches}>
        {THEME_NAMES.map((theme) => (
          <label key={theme} className={styles.theme}>
            <input type="radio" name="theme" value={theme} checked={theme === name} onChange={() => onName(theme)} />
            <span className={styles.swatch} style={colorsOf(theme)} />
            <span className={styles.name}>{theme}</span>
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
