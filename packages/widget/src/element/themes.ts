/**
 * A theme's colours as custom properties; `styles.css` mixes surfaces and texts from the tint.
 *
 * @param hot the tip of the flame; also of the progress bar and of the confetti
 * @param glow the foot of the flame
 * @param light the accent in the light look: of checks, badges and today
 * @param dark the accent in the dark look
 * @param tint what surfaces and texts have a touch of
 */
function theme(hot: string, glow: string, light: string, dark: string, tint = "var(--accent)"): string {
  return `--hot:${hot};--glow:${glow};--light:${light};--dark:${dark};--tint:${tint}`;
}

/** The themes by name. */
export const THEMES: ReadonlyMap<string, string> = new Map([
  ["beige", theme("#f2601d", "#ffb938", "#b3500e", "#f5a04c", "#d99a2b")],
  ["ember", theme("#ff3d1f", "#ffb02e", "#c92d10", "#ff7a57")],
  ["rose", theme("#f0387c", "#ffab8f", "#c4205e", "#ff7fa9")],
  ["grape", theme("#8446f5", "#f08bff", "#6d34d6", "#b48cff")],
  ["ocean", theme("#1273ea", "#3fe0e8", "#0b62b4", "#4fbcff")],
  ["forest", theme("#13935a", "#c3e84b", "#1b7043", "#5fd08c")],
  ["slate", theme("#e8501c", "#ffc145", "#3b5572", "#93b4da")],
  ["mono", theme("#777", "#ccc", "#222", "#eee")],
]);
