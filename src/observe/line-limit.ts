/** For how long lines are counted, in milliseconds. */
const WINDOW_MS = 1000;

/**
 * Returns a function to ask before each line of a kind. It allows so many a second, and counts what is beyond.
 *
 * @param onLeftOut is called at the end of a second in which lines were left out, with how many they were
 */
export function limitLines(perSecond: number, onLeftOut: (count: number) => void): () => boolean {
  let asked = 0;

  function endWindow(): void {
    const leftOut = asked - perSecond;
    asked = 0;
    if (leftOut > 0) {
      onLeftOut(leftOut);
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
