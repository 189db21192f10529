import type { AuditEntry, AuditStore, SeriesBound } from "../audit.ts";
import { fairShares, type SeriesSize } from "../fair-shares.ts";
import type { Connection } from "./connection.ts";
import type { AuditDocument } from "./documents.ts";

/** The audit log, each entry a document. */
export function createAudit(connection: Connection): AuditStore {
  const { audit } = connection;

  /** Removes all entries of a series but the newest. */
  async function removeBeyond({ name, keep }: SeriesBound): Promise<void> {
    const [first] = await audit
      .find({ series: name }, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .skip(keep)
      .limit(1)
      .toArray();
    if (first !== undefined) {
      await audit.deleteMany({ series: name, _id: { $lte: first._id } });
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

    confirmAuditEntries: (ids) =>
      connection.run(async () => {
        await audit.updateMany({ _id: { $in: [...ids] }, outcome: "unknown" }, { $set: { outcome: "done" } });
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

    trimAuditEntries: ({ oldest, series, maxInAll }) =>
      connection.run(async () => {
        await audit.deleteMany({ _id: { $lt: oldest } });
        for (const each of series) {
          await removeBeyond(each);
        }
        if ((await audit.estimatedDocumentCount()) > maxInAll) {
          for (const each of fairShares(await readSizes(), maxInAll)) {
            await removeBeyond(each);
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
