import { make, mute } from "./make.ts";

const PIECES = 40;

/** Throws confetti from the middle of an element; not for readers who want less motion. */
export function throwConfetti(from: Element): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    return;
  }
  const { left, top, width, height } = from.getBoundingClientRect();
  const sky = mute("confetti", "");
  for (let i = 0; i < PIECES; i++) {
    // Upwards in all directions, some of it farther.
    const angle = (Math.PI * i) / PIECES;
    const reach = 4 + 12 * Math.random();
    const piece = make("i", "piece");
    for (const [name, value] of [
      ["left", `${left + width / 2}px`],
      ["top", `${top + height / 2}px`],
      ["color", `var(--${["hot", "glow", "accent"][i % 3]})`],
      ["--x", `${reach * Math.cos(angle)}em`],
      ["--y", `${-reach * Math.sin(angle)}em`],
      ["--turn", `${reach}rad`],
    ] as const) {
      piece.style.setProperty(name, value);
    }
    sky.append(piece);
  }
  sky.addEventListener("animationend", ({ target }) => target === sky && sky.remove());
  from.append(sky);
}
