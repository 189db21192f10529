/** For how long lines are counted, in milliseconds. */
const WINDOW_MS = 1000;

/**
 * Returns a function to ask before each line of a kind. It allows so many a second, and counts what is beyond.
 *
 * @param tellLeftOut is told at the end of a second how many lines were left out in it, if any were
 */
export function limitLines(perSecond: number, tellLeftOut: (count: number) => void): () => boolean {
  let asked = 0;

  function endWindow(): void {
    const leftOut = asked - perSecond;
    asked = 0;
    if (leftOut > 0) {
      tellLeftOut(leftOut);
    }
  }

  return () => {
    if (asked === 0) {
      setTimeout(endWindow, WINDOW_MS).unref();
    }
    asked += 1;
    return asked <= perSecond;
  };
}
