/** A theme's colours. Surfaces and texts are mixed from them in `styles.css`. */
export interface Theme {
  /** The tip of the flame and its foot; also of the progress bar and of the confetti. */
  readonly hot: string;
  readonly glow: string;
  /** What checks, badges and today have in the light look and in the dark one: contrasts with the surface by 4.5. */
  readonly light: string;
  readonly dark: string;
  /** What surfaces and texts have a touch of. */
  readonly tint: string;
}

function theme(hot: string, glow: string, light: string, dark: string, tint: string): Theme {
  return { hot, glow, light, dark, tint };
}

/** The themes by name. */
export const THEMES: ReadonlyMap<string, Theme> = new Map([
  ["beige", theme("#f2601d", "#ffb938", "#b3500e", "#f5a04c", "#d99a2b")],
  ["ember", theme("#ff3d1f", "#ffb02e", "#cf2f12", "#ff7a57", "#e25a3c")],
  ["rose", theme("#f0387c", "#ffab8f", "#c4205e", "#ff7fa9", "#f0387c")],
  ["grape", theme("#8446f5", "#f08bff", "#6d34d6", "#b48cff", "#8446f5")],
  ["ocean", theme("#1273ea", "#3fe0e8", "#0b65b8", "#4fbcff", "#1a86d8")],
  ["forest", theme("#13935a", "#c3e84b", "#1b7446", "#5fd08c", "#3f9a5a")],
  ["lemon", theme("#f59300", "#ffe23d", "#8a5f00", "#ffd033", "#f5d000")],
  ["slate", theme("#ff6b35", "#ffc145", "#3b5572", "#93b4da", "#5b7fae")],
  ["mono", theme("#3a3a3a", "#a3a3a3", "#111", "#f5f5f5", "#888")],
]);
