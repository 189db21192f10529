import type { ClientSession } from "mongodb";
import { actionsInAll } from "../actions.ts";
import { ledgerOf } from "../ledger.ts";
import type { StreakRecord, StreakStore, UserKey } from "../streaks.ts";
import { ActionTotal, createActionSums, type FirstDay, firstDayFor, recentDays } from "./action-sums.ts";
import { type Counts, createActionCounter, withActions } from "./actions.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { entriesOf, type StreakDocument } from "./documents.ts";
import { createLinking } from "./linking.ts";
import type { LookUp } from "./look-up.ts";
import type { Notes } from "./notes.ts";
import { checkInsIn, zonesOf } from "./streak-documents.ts";

/** What users have done, and which names are one user. */
export function createStreaks(connection: Connection, aliases: Aliases, lookUp: LookUp, notes: Notes): StreakStore {
  const counter = createActionCounter(connection);
  const sums = createActionSums(connection);

  /**
   * Counts the actions of a name, then looks the name up. If the name is a user then, it was a user before, too, and
   * the count is complete. If it is an alias, some of its actions may have moved to its user: then the user's are
   * counted. If both were read at once, a link between the two reads could have taken the actions away already. Reads
   * do not share counts as they share look-ups: a query of many ranges takes longer than many queries at once.
   */
  async function count(user: UserKey, event: string, from?: FirstDay, session?: ClientSession): Promise<CountedStreak> {
    const counts = await connection.run(() => counter.countOf(user, event, from, session));
    const { projectId, userHash, document } = await lookUp({ ...user, event, hasSums: true });
    if (userHash !== user.userHash) {
      return await count({ projectId, userHash }, event, from, session);
    }
    const record = recordOf(document, event);
    return { user, record, counts, total: new ActionTotal(record, event, counts, from, document) };
  }

  /** Reads the total of a user: counts what is recent, and further back only if months there have no sum. */
  async function readTotal(user: UserKey, event: string): Promise<StreakRecord> {
    const recent = recentDays();
    const counted = await count(user, event, recent);
    return counted.total.missing.length === 0 ? withTotal(counted) : await sumUp(counted, event, recent);
  }

  /** Counts the months that have no sum, too, and keeps their sums. */
  async function sumUp({ user, total }: CountedStreak, event: string, recent: FirstDay): Promise<StreakRecord> {
    // Right after an election, a count outside of the session could lack actions that were accepted before the mark.
    await using session = connection.client.startSession();
    const mark = await sums.begin(user, event, session);
    const counted = await count(user, event, firstDayFor(total.missing), session);
    if (counted.total.missing.length > 0) {
      return withTotal(await count(user, event));
    }
    const kept = counted.total.sumsBefore(recent);
    if (mark !== undefined && kept.size > 0) {
      await sums.keep(counted.user, event, mark, kept);
    }
    return withTotal(counted);
  }

  async function readOfDays(user: UserKey, event: string): Promise<StreakRecord> {
    const counted = await count(user, event);
    if (counted.total.isContradictory) {
      await sums.drop(counted.user, event);
    }
    return withActions(counted.record, counted.counts, "of_days");
  }

  return {
    async readStreak({ projectId, userHash }, event, actions) {
      if (actions !== undefined) {
        const read = actions === "total" ? readTotal : readOfDays;
        return await read({ projectId, userHash }, event);
      }
      const { document } = await lookUp({ projectId, userHash, event });
      return recordOf(document, event);
    },

    linkUser: createLinking(connection, aliases, notes),
  };
}

/** A user whose actions were counted, from some day on or all. */
interface CountedStreak {
  readonly user: UserKey;
  readonly record: StreakRecord;
  readonly counts: Counts;
  readonly total: ActionTotal;
}

function withTotal({ record, total }: CountedStreak): StreakRecord {
  return { ...record, ...actionsInAll(total.beyondFirst) };
}

function recordOf(document: StreakDocument | undefined, event: string): StreakRecord {
  return { ...checkInsIn(document, event), ...zonesOf(document), ...ledgerOf(entriesOf(document)) };
}
