import { batchesOf } from "./batches.ts";
import { isExpired, KINDS, type Kind, planSetAt, type Read, type Records } from "./records.ts";
import { numbered, progressReporter } from "./report.ts";
import type { Run } from "./run.ts";
import { type MigrationState, writeState } from "./state.ts";
import type { Tallies } from "./tally.ts";
import { write } from "./write.ts";

/**
 * Copies every record of the folder into MongoDB, from where the state says that an earlier run has stopped.
 *
 * @param held what the folder holds
 */
export async function copy(run: Run, held: Tallies, state: MigrationState): Promise<void> {
  const { source, target, retry, clock, say } = run;
  const { progress } = state;
  if (progress !== undefined) {
    const { kind, copied } = progress;
    say(
      `Going on where an earlier run stopped: after ${copied.toLocaleString("en")} of ${numbered(held[kind].count, kind)}.`,
    );
  }
  // Whatever servers have counted since an earlier run would miss what is copied now.
  await retry.run(() => target.segments.deleteMany({}));
  // Before any record is written: the records of an earlier run may be of a folder that has changed since.
  await retry.run(() => writeState(target, state));
  for (const kind of KINDS.slice(KINDS.indexOf(progress?.kind ?? KINDS[0]))) {
    const from = progress?.kind === kind ? progress : undefined;
    const report = progressReporter(kind, held[kind].count, say);
    let copied = from?.copied ?? 0;
    if (kind === "tokens" && from === undefined) {
      // A token that was revoked since an earlier run must not come back.
      await retry.run(() => target.tokens.deleteMany({}));
    }
    for (const batch of batchesOf(source.read(kind, from?.after))) {
      const now = clock();
      const records = batch
        .filter(({ record }) => !isExpired(kind, record, now))
        .map(({ record }) => (kind === "projects" ? planSetAt(record as Records["projects"], now) : record));
      await retry.run(() => write(target, kind, records));
      copied += batch.length;
      const after = (batch.at(-1) as Read<Kind>).position;
      await retry.run(() => writeState(target, { ...state, progress: { kind, after, copied } }));
      report(copied);
    }
  }
}
