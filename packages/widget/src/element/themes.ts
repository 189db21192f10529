import { bare } from "../../../web/src/environment.ts";

/**
 * A theme's colours as custom properties, of which `styles.css` mixes all others for the light and the dark look.
 *
 * @param hot the flame; also the ring and the end of the progress bar
 * @param glow the core of the flame and its light; also the start of the progress bar
 * @param base of checks, badges and today; surfaces and texts have a touch of it
 */
function theme(hot: string, glow: string, base = hot): string {
  return `--hot:${hot};--glow:${glow};--base:${base}`;
}

/** The themes by name. */
export const THEMES: Readonly<Record<string, string>> = bare({
  beige: theme("#e52", "#fb3", "#c60"),
  ember: theme("#f42", "#fa3"),
  rose: theme("#e37", "#fa8"),
  grape: theme("#84e", "#e8f"),
  ocean: theme("#17e", "#4de"),
  forest: theme("#195", "#be4"),
  slate: theme("#e52", "#fb4", "#468"),
  mono: theme("#777", "#ccc"),
});
