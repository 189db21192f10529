import { setImmediate } from "node:timers/promises";
import type { Connection } from "../store/mongo/connection.ts";
import { batchesOf } from "./batches.ts";
import { type Mark, writeMark } from "./mark.ts";
import { readBack } from "./read-back.ts";
import { type AnyRecord, COUNTED, KINDS, type Kind, type Records } from "./records.ts";
import { comparison, numbered, progressSayer } from "./report.ts";
import { Patience, type Say } from "./retry.ts";
import { openSource, type Read, type Source } from "./source.ts";
import { addTo, fingerprintOf, newTallies, type Tallies } from "./tally.ts";
import { claimTarget, openTarget } from "./target.ts";
import { write } from "./write.ts";

/** How many records are read from the folder between two looks at what else there is to do, such as answering MongoDB. */
const READ_AT_ONCE = 10_000;

/** Keys that expire sooner, in milliseconds, are not compared, since MongoDB deletes them while the comparison goes on. */
const KEYS_COMPARED_MS = 60 * 60 * 1000;

/** What to move, and where to. */
export interface Move {
  /** The embedded data folder, as an absolute path. */
  readonly dataDir: string;
  readonly mongodbUri: string;
}

/** What a move that has begun works with. */
interface Run {
  readonly dataDir: string;
  readonly source: Source;
  readonly target: Connection;
  readonly patience: Patience;
  readonly clock: () => number;
  readonly say: Say;
}

/**
 * Copies an embedded data folder into MongoDB and compares the two. Cut short anywhere, by anything, it is completed by
 * running it again. Answers whether MongoDB holds then exactly what the folder holds.
 *
 * @param clock the time in epoch milliseconds, by which idempotency keys expire
 * @throws StartError when the folder or the MongoDB can't be used, or holds other data
 */
export async function move({ dataDir, mongodbUri }: Move, clock: () => number, say: Say): Promise<boolean> {
  const source = await openSource(dataDir);
  try {
    const target = await openTarget(mongodbUri);
    try {
      return await moveInto({ dataDir, source, target, patience: new Patience(say), clock, say });
    } finally {
      await target.close();
    }
  } finally {
    await source.release();
  }
}

async function moveInto(run: Run): Promise<boolean> {
  const { dataDir, source, target, patience, say } = run;
  say(`Moving ${dataDir} into the MongoDB database ${target.database.databaseName}.`);
  // Before the database is looked at, since it takes minutes in which a server might start there.
  const held = await tally(source);
  say(`The folder holds ${COUNTED.map((counted) => numbered(held[counted].count, counted)).join(", ")}.`);

  const fresh = { from: dataDir, fingerprint: fingerprintOf(held) };
  const mark = resume(await claimTarget(target, source, fresh, patience), fresh, say);
  if (mark.completedAt === undefined) {
    await copy(run, held, mark);
  }
  const same = await compare(run, held);
  await conclude(run, mark, same);
  return same;
}

/** Counts and sums up what the folder holds, of these kinds; of the keys, those that don't expire until then. */
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

/** The mark to go on with: that of the earlier run, unless the folder is another by now. */
function resume(found: Mark | undefined, fresh: Mark, say: Say): Mark {
  if (found === undefined || found.fingerprint === fresh.fingerprint) {
    return found ?? fresh;
  }
  if (found.completedAt !== undefined) {
    say(`The folder has changed since the move was completed on ${found.completedAt}.`);
    return found;
  }
  say("The folder has changed since the last run, so all is copied once more.");
  return fresh;
}

async function copy({ source, target, patience, clock, say }: Run, held: Tallies, mark: Mark): Promise<void> {
  const { progress } = mark;
  if (progress !== undefined) {
    const { kind, copied } = progress;
    say(
      `Going on where an earlier run stopped: after ${copied.toLocaleString("en")} of ${numbered(held[kind].count, kind)}.`,
    );
  }
  // Before any record is written: those of an earlier run may be of a folder that has changed since.
  await patience.do(() => writeMark(target, mark));
  for (const kind of KINDS.slice(KINDS.indexOf(progress?.kind ?? KINDS[0]))) {
    const from = progress?.kind === kind ? progress : undefined;
    const sayProgress = progressSayer(kind, held[kind].count, say);
    let copied = from?.copied ?? 0;
    for (const batch of batchesOf(source.read(kind, from?.after))) {
      const records = batch.map(({ record }) => record).filter((record) => !isExpired(kind, record, clock()));
      await patience.do(() => write(target, kind, records));
      copied += batch.length;
      const after = (batch.at(-1) as Read<Kind>).position;
      await patience.do(() => writeMark(target, { ...mark, progress: { kind, after, copied } }));
      sayProgress(copied);
    }
  }
}

/** Reads back all that MongoDB holds, and answers whether that is what the folder holds. */
async function compare({ source, target, patience, clock, say }: Run, held: Tallies): Promise<boolean> {
  say("Comparing what MongoDB holds with the folder.");
  const until = clock() + KEYS_COMPARED_MS;
  const { keys } = await tally(source, ["keys"], until);
  const arrived = newTallies();
  for await (const one of readBack(target, patience)) {
    if (!isExpired(one.kind, one.record, until)) {
      addTo(arrived, one);
    }
  }
  const { lines, same } = comparison({ ...held, keys }, arrived);
  say(lines.join("\n"));
  return same;
}

/** Marks what has become of the move, and says what to do next. */
async function conclude({ dataDir, target, patience, clock, say }: Run, mark: Mark, same: boolean): Promise<void> {
  const { from, fingerprint, completedAt } = mark;
  const differ = `The database ${target.database.databaseName} and the folder differ`;
  if (same) {
    const completed = { from, fingerprint, completedAt: completedAt ?? new Date(clock()).toISOString() };
    await patience.do(() => writeMark(target, completed));
    say(`The move is complete: MongoDB holds all that ${dataDir} holds.
Next: start streakd with the MONGODB_URI that is set now. Keep the folder as a backup, and start no server on it again.`);
  } else if (completedAt !== undefined) {
    say(`${differ}. The move was completed on ${completedAt}, so nothing was copied now.
If a server has used either since, this is as it should be. To move once more, drop the database first; what came into it
since is lost then.`);
  } else {
    // Without progress, so that the next run copies all.
    await patience.do(() => writeMark(target, { from, fingerprint }));
    say(`${differ}, so the move is not complete: start no server on MongoDB.
Run the same command again: it copies all once more, which mends what is missing. If they still differ, something else has
written to the database: drop it, and move again. The folder has lost nothing.`);
  }
}

function isExpired(kind: Kind, record: Records[Kind], now: number): boolean {
  return kind === "keys" && (record as Records["keys"]).expiresAt <= now;
}
