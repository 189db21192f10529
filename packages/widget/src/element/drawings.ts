import { draw } from "./make.ts";

const FLAME =
  "M12.6 1.4c.4 3.1 2 4.9 3.8 6.9 2 2.2 3.9 4.3 3.9 7.5a8.2 7.9 0 0 1-16.6 0c0-2.7 1.2-4.8 2.8-6.5.3 1.5 1 2.5 2.2 3 .1-4.3 1.2-8.1 3.9-10.9Z";
const HEART =
  "M12.1 11.2c.3 1.7 1.3 2.6 2.2 3.6.8.9 1.5 1.8 1.5 3.2a3.8 3.8 0 0 1-7.6 0c0-1.4.6-2.4 1.4-3.3.3.6.7 1 1.2 1.2-.1-1.7.3-3.4 1.3-4.7Z";

/** Line drawings. */
export const CHECK = "m6 12.5 4 4 8-9";
export const CLOCK = "M12 3a9 9 0 1 0 .1 0M12 7.5V12l3 2";
export const CHEVRON = "m6 9 6 6 6-6";

/** A drawing of 24 by 24 units. */
export function drawing(names: string, ...children: readonly Node[]): SVGElement {
  return draw("svg", { class: names, viewBox: "0 0 24 24", "aria-hidden": "true" }, ...children);
}

function path(names: string, d: string): SVGElement {
  return draw("path", { class: names, d });
}

export function line(names: string, d: string): SVGElement {
  return drawing(names, path("line", d));
}

/** The body of a milestone's badge. */
export function hexagon(): SVGElement {
  return line("hexagon", "m12 3.5 7.4 4.2v8.6L12 20.5l-7.4-4.2V7.7Z");
}

/** The flame, whose look tells whether today is done. */
export function flame(): SVGElement {
  const gradient = draw(
    "linearGradient",
    { id: "g", x2: 0, y2: 1 },
    draw("stop", { class: "hot", offset: 0.15 }),
    draw("stop", { class: "glow", offset: 0.9 }),
  );
  return drawing("flame", gradient, path("outer", FLAME), path("inner", HEART));
}

/** A ring, filled as far as the next milestone is reached: from 0 to 1. */
export function ring(progress: number): SVGElement {
  const circle = (names: string) => draw("circle", { class: names, cx: 12, cy: 12, r: 11, pathLength: 1 });
  const filled = circle("ring-fill");
  filled.style.strokeDashoffset = `${1 - progress}`;
  return drawing("ring", circle("ring-track"), ...(progress > 0 ? [filled] : []));
}
