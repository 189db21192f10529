import { draw } from "./make.ts";

/** Drawings of lines. */
export const CHECK = "m6 12 4 4 8-8";
export const CLOCK = "M12 3a9 9 0 1 0 .1 0M12 7v5l3 2";
export const MOON = "M19 14A8 8 0 1 1 10 5a7 7 0 0 0 9 9Z";
export const PAUSE = "M9 6v12M15 6v12";
export const SNOWFLAKE = "M12 3v18M4 8l16 8M4 16l16-8M9 4l3 3 3-3M9 20l3-3 3 3";
export const PLANE = "M12 3v18M4 14l8-4 8 4M9 20l3-3 3 3";
export const WRENCH = "M16 3a5 5 0 1 0 5 5M12 12l-8 8";
export const CHEVRON = "m6 9 6 6 6-6";
/** The flame, which is drawn with a smaller one in it. Its look tells whether today is done. */
export const FLAME = "M13 1c0 3 2 5 4 7s4 4 4 7a8 7.5 0 0 1-17 0c0-3 1-5 3-7 0 2 1 3 2 4 0-5 1-8 4-11Z";

/** A drawing of 24 by 24 units, of a path, or of several, with classes. */
export function drawing(path: string, names = "", ...others: readonly string[]): SVGElement {
  return draw(
    "svg",
    { class: names, viewBox: "0 0 24 24", "aria-hidden": "true" },
    ...[path, ...others].map((d) => draw("path", { d })),
  );
}
