import type { AnyBulkWriteOperation, Collection, Document } from "mongodb";
import type { Months } from "../../domain/months.ts";
import type { UserKey } from "../streaks.ts";
import { anyOf, unionWith, type ZoneField } from "./documents.ts";

/** What is to be added to a user's document. */
export interface Union extends UserKey {
  /** The days to add, by `fieldOf` their event. */
  readonly days: Readonly<Record<string, Months>>;
  readonly zone?: ZoneField | undefined;
}

/** For how many users one statement sets zones: for each user it searches the list of all its users. */
const ZONES_AT_ONCE = 100;

/**
 * Sets the zone of each union's user, unless the union has no zone or the user has a later one. Returns whether all the
 * users have documents and none is an alias.
 */
export async function sendZones(streaks: Collection, unions: readonly Union[]): Promise<boolean> {
  const zoned = unions.filter(({ zone }) => zone !== undefined);
  const slices = Array.from({ length: Math.ceil(zoned.length / ZONES_AT_ONCE) }, (_, index) =>
    zoned.slice(index * ZONES_AT_ONCE, (index + 1) * ZONES_AT_ONCE),
  );
  return await updateAll(streaks, slices.map(setZones), zoned.length);
}

/** Adds days to users, with one statement for all users who get the same days. Returns the same as `sendZones`. */
export async function sendDays(streaks: Collection, unions: readonly Union[]): Promise<boolean> {
  const alike = Map.groupBy(unions, ({ days }) => JSON.stringify(days));
  return await updateAll(streaks, [...alike.values()].map(addDays), unions.length);
}

async function updateAll(
  streaks: Collection,
  statements: readonly AnyBulkWriteOperation[],
  users: number,
): Promise<boolean> {
  return statements.length === 0 || (await streaks.bulkWrite(statements, { ordered: false })).matchedCount === users;
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
  return { updateMany: { filter: noneAnAlias(unions), update: unionWith({ days: (unions[0] as Union).days }) } };
}

/** Returns a filter for the documents of users, without tombstones. */
function noneAnAlias(unions: readonly Union[]): Document {
  return { ...anyOf(unions), aliasOf: { $exists: false } };
}
