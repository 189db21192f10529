import type { Kind, Read } from "./records.ts";

/** The most records of a batch: enough to be worth a round trip. */
const MAX_RECORDS = 2_000;

/** About how many bytes a batch takes at most, so that it stays small in memory. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Yields records in batches of bounded size. A record that is larger by itself is a batch of its own. */
export function* batchesOf<K extends Kind>(records: Iterable<Read<K>>): Generator<Read<K>[]> {
  let batch: Read<K>[] = [];
  let size = 0;
  for (const one of records) {
    if (batch.length === MAX_RECORDS || (batch.length > 0 && size + one.size > MAX_BYTES)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(one);
    size += one.size;
  }
  if (batch.length > 0) {
    yield batch;
  }
}
