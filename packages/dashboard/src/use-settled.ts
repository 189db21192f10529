import { useEffect, useState } from "react";

/** How long one must pause in typing and clicking before a value counts as settled, in milliseconds. */
const PAUSE_MS = 200;

/**
 * Returns a value once it has stayed the same for a moment, so that the server is not asked at each key. Until then it
 * is the value before.
 *
 * @param value anything that can be written as JSON, or undefined
 */
export function useSettled<Value>(value: Value): {
  readonly settled: Value;
  /** Whether `settled` is not the given value yet. */
  readonly isOld: boolean;
} {
  const key = JSON.stringify(value);
  const [last, setLast] = useState({ key, settled: value });
  useEffect(() => {
    if (key === last.key) {
      return;
    }
    const timer = setTimeout(
      () => setLast({ key, settled: key === undefined ? undefined : JSON.parse(key) }),
      PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [key, last.key]);
  return { settled: last.settled, isOld: key !== last.key };
}
