import type { Collection } from "mongodb";
import { ownDays } from "../../domain/check-ins.ts";
import { UsageTally } from "../../domain/usage.ts";
import type { EventType } from "../events.ts";
import type { UsageStore } from "../usage.ts";
import type { Connection } from "./connection.ts";
import { beginningWith } from "./document-ids.ts";
import { rejectionId } from "./seat-documents.ts";
import { ALL_DAYS, daysByEventIn } from "./streak-documents.ts";

/** How many users are read at a time. */
const USERS_AT_ONCE = 1000;

/** How many events the server counts at a time: the answer holds no more than their types and days. */
const EVENTS_AT_ONCE = 5_000;

/** How many analytics events a slice of the events has on a day; `last` is the greatest `_id` among these. */
interface DayCount {
  readonly _id: { readonly type: EventType; readonly day: number };
  readonly events: number;
  readonly last: string;
}

/** What projects use. */
export function createUsage(connection: Connection): UsageStore {
  const { streaks, events, rejections } = connection;

  async function addUsers(tally: UsageTally, projectId: string): Promise<void> {
    const { _id: range } = beginningWith(projectId);
    await inSlices(range, async (_id) => {
      const page = streaks.find(
        { _id },
        { projection: { u: 1, ...ALL_DAYS, aliasOf: 1 }, batchSize: USERS_AT_ONCE + 1 },
      );
      const found = await page.sort({ _id: 1 }).limit(USERS_AT_ONCE).toArray();
      for (const document of found) {
        // The days of an alias are its user's.
        for (const checkIns of document.aliasOf === undefined ? daysByEventIn(document).values() : []) {
          for (const [month, bits] of Object.entries(ownDays(checkIns))) {
            tally.addDays(document.u, month, bits);
          }
        }
      }
      return found.at(-1)?._id;
    });
  }

  async function addAnalytics(tally: UsageTally, projectId: string): Promise<void> {
    const { _id: range } = beginningWith(projectId);
    await inSlices(range, async (_id) => {
      const counts = await (events as unknown as Collection)
        .aggregate<DayCount>([
          { $match: { _id } },
          { $sort: { _id: 1 } },
          { $limit: EVENTS_AT_ONCE },
          { $group: { _id: { type: "$type", day: "$day" }, events: { $sum: 1 }, last: { $max: "$_id" } } },
        ])
        .toArray();
      for (const { _id: group, events: count } of counts) {
        if (group.type !== "streak_interaction") {
          tally.addAnalytics(group.type, group.day, count);
        }
      }
      return counts.reduce<string | undefined>(
        (last, count) => (last === undefined || isAfter(count.last, last) ? count.last : last),
        undefined,
      );
    });
  }

  /** @param slice handles the first documents of a range, and returns the last of their ids while there are any */
  async function inSlices(
    range: { readonly $gte: string; readonly $lt: string },
    slice: (ids: object) => Promise<string | undefined>,
  ): Promise<void> {
    let last = await connection.run(() => slice(range));
    while (last !== undefined) {
      const ids = { $gt: last, $lt: range.$lt };
      last = await connection.run(() => slice(ids));
    }
  }

  return {
    async countUsage(projectId, months) {
      const tally = new UsageTally(months);
      const rejected = await connection.run(() => rejections.find(beginningWith(projectId)).toArray());
      for (const { month, events: count } of rejected) {
        tally.addRejected(month, count);
      }
      await addUsers(tally, projectId);
      await addAnalytics(tally, projectId);
      return tally.months;
    },

    addRejected: (projectId, month, count) =>
      connection.run(async () => {
        const _id = rejectionId(projectId, month);
        await rejections.updateOne({ _id }, { $inc: { events: count }, $set: { month } }, { upsert: true });
      }),
  };
}

/** Whether an id comes after another one in the order of the database, which compares the bytes of UTF-8. */
function isAfter(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) > 0;
}
