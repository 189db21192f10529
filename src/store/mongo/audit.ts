import type { AuditEntry, AuditStore } from "../audit.ts";
import { fairShares, type SeriesSize } from "../fair-shares.ts";
import type { Connection } from "./connection.ts";
import type { AuditDocument } from "./documents.ts";

/** The audit log, each entry a document. */
export function createAudit(connection: Connection): AuditStore {
  const { audit } = connection;

  /** Removes all entries of a series but the newest. */
  async function removeBeyond(series: string, keep: number): Promise<void> {
    const [first] = await audit
      .find({ series }, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .skip(keep)
      .limit(1)
      .toArray();
    if (first !== undefined) {
      await audit.deleteMany({ series, _id: { $lte: first._id } });
    }
  }

  /** Returns the size of each series. Needs no documents, because an index has their series. */
  function readSizes(): Promise<SeriesSize[]> {
    const sizes = audit.aggregate<SeriesSize>([
      { $sort: { series: 1, _id: -1 } },
      { $group: { _id: "$series", entries: { $sum: 1 } } },
      { $project: { _id: 0, series: "$_id", entries: 1 } },
    ]);
    return sizes.toArray();
  }

  return {
    appendAuditEntries: (entries) =>
      connection.run(async () => {
        const operations = entries.map(auditDocument).map(({ _id, ...fields }) => {
          return { updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true } };
        });
        if (operations.length > 0) {
          await audit.bulkWrite(operations, { ordered: false });
        }
      }),

    confirmAuditEntry: (id) =>
      connection.run(async () => {
        await audit.updateOne({ _id: id, outcome: "unknown" }, { $set: { outcome: "done" } });
      }),

    removeAuditEntry: (id) =>
      connection.run(async () => {
        await audit.deleteOne({ _id: id });
      }),

    listAuditEntries: (filter, before, limit) =>
      connection.run(async () => {
        const found = await audit
          .find({ ...filter, ...(before !== undefined && { _id: { $lt: before } }) })
          .sort({ _id: -1 })
          .limit(limit)
          .toArray();
        return found.map(auditEntryOf);
      }),

    trimAuditEntries: ({ oldest, maxOfSeries, series, maxInAll }) =>
      connection.run(async () => {
        await audit.deleteMany({ _id: { $lt: oldest } });
        for (const each of series) {
          await removeBeyond(each, maxOfSeries);
        }
        if ((await audit.estimatedDocumentCount()) > maxInAll) {
          for (const { name, keep } of fairShares(await readSizes(), maxInAll)) {
            await removeBeyond(name, keep);
          }
        }
      }),
  };
}

/** Returns the document of an entry. */
export function auditDocument({ id, at, ...fields }: AuditEntry): AuditDocument {
  return { _id: id, at: new Date(at), ...fields };
}

/** Returns the entry of a document. */
export function auditEntryOf({ _id, at, ...fields }: AuditDocument): AuditEntry {
  return { id: _id, at: at.getTime(), ...fields };
}
