import type { AnyBulkWriteOperation, Collection, Document } from "mongodb";
import type { UserKey } from "../streaks.ts";
import { anyOf } from "./documents.ts";
import { type AddedFields, unionWith } from "./streak-documents.ts";

/** What is to be added to the document of a user whose home zone does not change. */
export type Union = UserKey & Required<Pick<AddedFields, "days">> & Pick<AddedFields, "others" | "zone" | "stale">;

/** For how many users one statement sets zones: for each user it searches the list of all its users. */
const ZONES_AT_ONCE = 100;

/**
 * Adds unions to their users, in one command: first zones, unless a user has a later one, then days, with one statement
 * for all users who get the same days. Returns whether all the users have documents and none is an alias.
 */
export async function sendUnions(streaks: Collection, unions: readonly Union[]): Promise<boolean> {
  const zoned = unions.filter(({ zone }) => zone !== undefined);
  const slices = Array.from({ length: Math.ceil(zoned.length / ZONES_AT_ONCE) }, (_, index) =>
    zoned.slice(index * ZONES_AT_ONCE, (index + 1) * ZONES_AT_ONCE),
  );
  const alike = Map.groupBy(unions, ({ days, others, stale }) => JSON.stringify([days, others, stale]));
  const statements = [...slices.map(setZones), ...[...alike.values()].map(addDays)];
  if (statements.length === 0) {
    return true;
  }
  const { matchedCount } = await streaks.bulkWrite(statements, { ordered: false });
  return matchedCount === zoned.length + unions.length;
}

function setZones(unions: readonly Union[]): AnyBulkWriteOperation {
  const filter = noneAnAlias(unions);
  // To `$max` a missing field is less than any zone, and it compares two zones as it does in an update.
  const ids = { $literal: filter._id.$in };
  const zones = { $literal: unions.map(({ zone }) => zone) };
  const zone = { $max: ["$zone", { $arrayElemAt: [zones, { $indexOfArray: [ids, "$_id"] }] }] };
  return { updateMany: { filter, update: [{ $set: { zone } }] } };
}

function addDays(unions: readonly Union[]): AnyBulkWriteOperation {
  const { days, others, stale } = unions[0] as Union;
  return { updateMany: { filter: noneAnAlias(unions), update: unionWith({ days, ...(others && { others }), stale }) } };
}

/** Returns a filter for the documents of users, without tombstones. */
function noneAnAlias(unions: readonly Union[]): Document {
  return { ...anyOf(unions), aliasOf: { $exists: false } };
}
