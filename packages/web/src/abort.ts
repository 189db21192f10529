/** Settles as a promise does, or rejects with the signal's reason if it ends the call first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let end = () => {};
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(signal?.reason);
    signal?.addEventListener("abort", end);
  });
  return Promise.race([ended, promise]).finally(() => signal?.removeEventListener("abort", end));
}
