import { setImmediate } from "node:timers/promises";
import { copy } from "./copy.ts";
import { readBack } from "./read-back.ts";
import { type AnyRecord, COUNTED, isExpired, KINDS, type Kind } from "./records.ts";
import { comparison, numbered, type Say } from "./report.ts";
import { Retry } from "./retry.ts";
import type { Run } from "./run.ts";
import { openSource, type Source } from "./source.ts";
import { type MigrationState, writeState } from "./state.ts";
import { addTo, fingerprintOf, newTallies, type Tallies } from "./tally.ts";
import { claimTarget, openTarget } from "./target.ts";

/** How many records are read from the folder before the event loop may do other work, such as answering MongoDB. */
const READ_AT_ONCE = 10_000;

/** Keys that expire sooner, in milliseconds, are not compared, because MongoDB deletes them during the comparison. */
const KEYS_COMPARED_MS = 60 * 60 * 1000;

/** What to migrate, and where to. */
export interface MigrationOptions {
  /** The embedded data folder, as an absolute path. */
  readonly dataDir: string;
  readonly mongodbUri: string;
}

/**
 * Copies an embedded data folder into MongoDB and compares the two. When it is cut short anywhere, by anything, running
 * it again completes it. Returns whether MongoDB holds exactly what the folder holds.
 *
 * @param clock the time in epoch milliseconds, by which idempotency keys expire
 * @throws StartError when the folder or the MongoDB can't be used, or the MongoDB holds other data
 */
export async function migrate(
  { dataDir, mongodbUri }: MigrationOptions,
  clock: () => number,
  say: Say,
): Promise<boolean> {
  const source = await openSource(dataDir, say);
  try {
    const target = await openTarget(mongodbUri);
    try {
      return await migrateInto({ dataDir, source, target, retry: new Retry(say), clock, say });
    } finally {
      await target.close();
    }
  } finally {
    await source.release();
  }
}

async function migrateInto(run: Run): Promise<boolean> {
  const { dataDir, source, target, retry, say } = run;
  say(`Migrating ${dataDir} into the MongoDB database ${target.database.databaseName}.`);
  // Before the database is looked at: counting takes minutes, in which a server might start there.
  const held = await tally(source);
  say(`The folder holds ${COUNTED.map((counted) => numbered(held[counted].count, counted)).join(", ")}.`);

  const fresh = { from: dataDir, fingerprint: fingerprintOf(held) };
  const state = resume(await claimTarget(target, source, fresh, retry), fresh, say);
  if (state.completedAt === undefined) {
    await copy(run, held, state);
  }
  const isSame = await compare(run, held);
  await conclude(run, state, isSame);
  return isSame;
}

/**
 * Counts and sums up what the folder holds.
 *
 * @param kinds the kinds of records to count
 * @param until idempotency keys that expire before are left out, in epoch milliseconds
 */
async function tally(source: Source, kinds: readonly Kind[] = KINDS, until = 0): Promise<Tallies> {
  const tallies = newTallies();
  let read = 0;
  for (const kind of kinds) {
    for (const { record } of source.read(kind)) {
      if (!isExpired(kind, record, until)) {
        addTo(tallies, { kind, record } as AnyRecord);
      }
      read += 1;
      if (read % READ_AT_ONCE === 0) {
        await setImmediate();
      }
    }
  }
  return tallies;
}

/** Returns the state to go on with: that of the earlier run, or the fresh one when the folder has changed since. */
function resume(found: MigrationState | undefined, fresh: MigrationState, say: Say): MigrationState {
  if (found === undefined || found.fingerprint === fresh.fingerprint) {
    return found ?? fresh;
  }
  if (found.completedAt !== undefined) {
    say(`The folder has changed since the migration was completed on ${found.completedAt}.`);
    return found;
  }
  say("The folder has changed since the last run, so all is copied once more.");
  return fresh;
}

/** Reads back everything that MongoDB holds. Returns whether it is what the folder holds. */
async function compare({ source, target, retry, clock, say }: Run, held: Tallies): Promise<boolean> {
  say("Comparing what MongoDB holds with the folder.");
  const until = clock() + KEYS_COMPARED_MS;
  const { keys } = await tally(source, ["keys"], until);
  const arrived = newTallies();
  for await (const one of readBack(target, retry)) {
    if (!isExpired(one.kind, one.record, until)) {
      addTo(arrived, one);
    }
  }
  const { lines, isSame } = comparison({ ...held, keys }, arrived);
  say(lines.join("\n"));
  return isSame;
}

/** Writes the final state of the run, and says what to do next. */
async function conclude({ dataDir, target, retry, clock, say }: Run, state: MigrationState, isSame: boolean) {
  const { from, fingerprint, completedAt } = state;
  const differ = `The database ${target.database.databaseName} and the folder differ`;
  if (isSame) {
    const completed = { from, fingerprint, completedAt: completedAt ?? new Date(clock()).toISOString() };
    await retry.run(() => writeState(target, completed));
    say(`The migration is complete: MongoDB holds all that ${dataDir} holds.
Next: start streakd with the MONGODB_URI that is set now. Keep the folder as a backup, and start no server on it again.`);
  } else if (completedAt !== undefined) {
    say(`${differ}. The migration was completed on ${completedAt}, so nothing was copied now.
If a server has used either since, this is as it should be. To migrate once more, drop the database first; what came into it
since is lost then.`);
  } else {
    // Without progress, so that the next run copies everything.
    await retry.run(() => writeState(target, { from, fingerprint }));
    say(`${differ}, so the migration is not complete: start no server on MongoDB.
Run the same command again: it copies all once more, which mends what is missing. If they still differ, something else has
written to the database: drop it, and migrate again. The folder has lost nothing.`);
  }
}
