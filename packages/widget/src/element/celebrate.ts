import { bare } from "../../../web/src/environment.ts";
import { mute } from "./make.ts";

const PIECES = 40;
const MS = 2000;

/** Throws confetti out of the middle of an element; not for readers who want less motion. */
export function throwConfetti(from: Element): void {
  for (let i = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : PIECES; i > 0; i--) {
    const piece = mute("piece", "");
    const x = `translate(${20 * Math.random() - 10}em,`;
    piece.style.background = `var(--${["flame", "foot", "accent"][i % 3]})`;
    from.append(piece);
    const transform = ["scale(0)", `${x}${-12 * Math.random()}em) rotate(${i}rad)`, `${x}9em)`];
    piece.animate(bare({ transform, easing: ["ease-out", "ease-in"] }), MS).onfinish = () => piece.remove();
  }
}
