import { bare } from "../../../web/src/environment.ts";
import { hiddenFromScreenReaders } from "./make.ts";

const PIECES = 40;
const MS = 2000;

/**
 * Throws confetti of all colours out of the middle of an element. The styles hide it from readers who want less motion.
 */
export function throwConfetti(from: Element): void {
  for (let i = PIECES; i; i--) {
    const piece = hiddenFromScreenReaders("piece", "");
    const x = 20 * Math.random() - 10;
    piece.style.background = `hsl(${9 * i} 90% 60%)`;
    from.append(piece);
    piece.animate(
      bare({
        translate: ["0", `${x}em ${-12 * Math.random()}em`, `${x}em 9em`],
        rotate: `${i}rad`,
      }),
      MS,
    ).onfinish = () => piece.remove();
  }
}
