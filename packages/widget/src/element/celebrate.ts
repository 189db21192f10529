import { make, mute } from "./make.ts";

const PIECES = 40;
const COLOURS = ["flame", "foot", "accent"];

/** Throws confetti out of the middle of an element; not for readers who want less motion. */
export function throwConfetti(root: Element, from: Element): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    return;
  }
  const { x, y, width, height } = from.getBoundingClientRect();
  const confetti = mute("confetti", "");
  confetti.style.cssText = `left:${x + width / 2}px;top:${y + height / 2}px`;
  for (let i = 0; i < PIECES; i++) {
    const piece = make("i", "piece");
    piece.style.cssText = `--x:${26 * Math.random() - 13}em;--y:${-16 * Math.random()}em;--turn:${i}rad;background:var(--${COLOURS[i % 3]})`;
    confetti.append(piece);
  }
  confetti.addEventListener("animationend", ({ target }) => target === confetti && confetti.remove());
  root.append(confetti);
}
