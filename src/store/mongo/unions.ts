import type { AnyBulkWriteOperation, Collection, Document } from "mongodb";
import type { Months } from "../../domain/months.ts";
import type { UserKey } from "../streak-store.ts";
import { anyOf, unionWith, type ZoneField } from "./documents.ts";

/** What is to be added to a user's document. */
export interface Union extends UserKey {
  /** The days to add, by `fieldOf` their event. */
  readonly days: Readonly<Record<string, Months>>;
  readonly zone?: ZoneField | undefined;
}

/** How many users one statement moves to zones of their own: it looks each of them up in a list of them all. */
const ZONES_AT_ONCE = 100;

/**
 * Moves each user to the zone that the union has for it, as far as it has one and the user is in no later one. Answers
 * whether all these users are there, and none is an alias.
 */
export async function sendZones(streaks: Collection, unions: readonly Union[]): Promise<boolean> {
  const zoned = unions.filter(({ zone }) => zone !== undefined);
  const slices = Array.from({ length: Math.ceil(zoned.length / ZONES_AT_ONCE) }, (_, index) =>
    zoned.slice(index * ZONES_AT_ONCE, (index + 1) * ZONES_AT_ONCE),
  );
  return await updateAll(streaks, slices.map(moveZones), zoned.length);
}

/** Adds days to users, with one statement for all to whom the same are added; answers as `sendZones` does. */
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

function moveZones(unions: readonly Union[]): AnyBulkWriteOperation {
  const filter = noneAnAlias(unions);
  // `$max` takes a field that is missing for less than any zone, and compares two as it does in an update.
  const ids = { $literal: filter._id.$in };
  const zones = { $literal: unions.map(({ zone }) => zone) };
  const zone = { $max: ["$zone", { $arrayElemAt: [zones, { $indexOfArray: [ids, "$_id"] }] }] };
  return { updateMany: { filter, update: [{ $set: { zone } }] } };
}

function addDays(unions: readonly Union[]): AnyBulkWriteOperation {
  return { updateMany: { filter: noneAnAlias(unions), update: unionWith({ days: (unions[0] as Union).days }) } };
}

/** Finds the documents of users, but for tombstones. */
function noneAnAlias(unions: readonly Union[]): Document {
  return { ...anyOf(unions), aliasOf: { $exists: false } };
}
