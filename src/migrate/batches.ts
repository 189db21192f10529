import type { Kind } from "./records.ts";
import type { Read } from "./source.ts";

/** What a batch holds at most, in records and about in bytes: enough to be worth a round trip, little to keep in memory. */
const RECORDS = 2_000;
const BYTES = 4 * 1024 * 1024;

/** Records as they come, in batches of bounded size; one that is larger by itself is a batch of its own. */
export function* batchesOf<K extends Kind>(records: Iterable<Read<K>>): Generator<Read<K>[]> {
  let batch: Read<K>[] = [];
  let size = 0;
  for (const one of records) {
    if (batch.length === RECORDS || (batch.length > 0 && size + one.size > BYTES)) {
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
