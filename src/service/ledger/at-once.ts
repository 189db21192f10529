/**
 * How many calls of the store a request has under way at most. More would only make the calls of other requests wait
 * longer.
 */
const AT_ONCE = 16;

/**
 * Maps each item, several at once, and returns the results in the order of the items. After an error it begins no further
 * item, waits for those that it has begun, and rejects with the error.
 */
export async function mapAtOnce<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  let hasFailed = false;

  async function work(): Promise<void> {
    for (const [index, item] of queue) {
      if (hasFailed) {
        return;
      }
      try {
        results[index] = await map(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  }

  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  const failure = ends.find((end) => end.status === "rejected");
  if (failure !== undefined) {
    throw failure.reason;
  }
  return results;
}
