import { draw } from "./make.ts";

const FLAME = "M13 1c0 3 2 5 4 7s4 4 4 7a8 7.5 0 0 1-17 0c0-3 1-5 3-7 0 2 1 3 2 4 0-5 1-8 4-11Z";

/** Line drawings. */
export const CHECK = "m6 12 4 4 8-8";
export const CLOCK = "M12 3a9 9 0 1 0 .1 0M12 7v5l3 2";
export const CHEVRON = "m6 9 6 6 6-6";

/** A drawing of 24 by 24 units, of paths with their classes. */
function drawing(names: string, ...paths: readonly (readonly [names: string, d: string])[]): SVGElement {
  const children = paths.map(([names, d]) => draw("path", { class: names, d }));
  return draw("svg", { class: names, viewBox: "0 0 24 24", "aria-hidden": "true" }, ...children);
}

export function line(names: string, d: string): SVGElement {
  return drawing(names, ["line", d]);
}

/** The flame, whose look tells whether today is done. */
export function flame(): SVGElement {
  return drawing("flame", ["outer", FLAME], ["inner", FLAME]);
}
