import type { Months } from "../domain/months.ts";
import type { Project } from "../domain/project.ts";
import type { StoredEvent, UserKey, UserZone } from "../store/streak-store.ts";

/** What is copied, in this order: projects tell whose the rest is, and events are there before the keys that mean them. */
export const KINDS = ["projects", "settings", "users", "events", "keys"] as const;

/** A kind of record. */
export type Kind = (typeof KINDS)[number];

/** What is known of each kind of record, however a store keeps it. */
export interface Records {
  projects: Project;
  settings: { readonly name: string; readonly value: string };
  users: User;
  /** The `id` of a streak interaction is empty: its day tells it apart. */
  events: StoredEvent;
  keys: {
    readonly projectId: string;
    readonly key: string;
    /** Epoch milliseconds. */
    readonly expiresAt: number;
    /**
     * What the key means. The embedded store doesn't say, so it is an event that is stored: doing it again changes nothing.
     * Its `id` is never empty.
     */
    readonly event: StoredEvent;
  };
}

/** A user, or a name that is an alias. */
export interface User extends UserKey {
  /** Whose name it is, which may be another's name itself. */
  readonly aliasOf?: string;
  readonly zone?: UserZone;
  /** The days done, by event; a map, because an event may have any name. */
  readonly days: ReadonlyMap<string, Months>;
}

/** A record and its kind. */
export type AnyRecord = { [K in Kind]: { readonly kind: K; readonly record: Records[K] } }[Kind];

/** What is counted and compared: of users also what they are made of. */
export const COUNTED = ["projects", "settings", "users", "aliases", "zones", "months", "events", "keys"] as const;

/** Something that is counted and compared. */
export type Counted = (typeof COUNTED)[number];

/** What a record comes to, each as the values that tell it from others, the same whichever store it was read from. */
export function factsOf({ kind, record }: AnyRecord): (readonly [Counted, ...unknown[]])[] {
  switch (kind) {
    case "projects":
      return [["projects", sorted(record)]];
    case "settings":
      return [["settings", record.name, record.value]];
    case "users":
      return factsOfUser(record);
    case "events":
      return [["events", ...valuesOf(record)]];
    case "keys":
      return [["keys", record.projectId, record.key, record.expiresAt, ...valuesOf(record.event)]];
  }
}

function valuesOf({ projectId, userHash, event, type, day, at, tz, meta, sessionId, id }: StoredEvent): unknown[] {
  return [projectId, userHash, event, type, day, at, tz, meta, sessionId, id];
}

function factsOfUser({ projectId, userHash, aliasOf, zone, days }: User): (readonly [Counted, ...unknown[]])[] {
  const facts: (readonly [Counted, ...unknown[]])[] = [["users", projectId, userHash]];
  if (aliasOf !== undefined) {
    facts.push(["aliases", projectId, userHash, aliasOf]);
  }
  if (zone !== undefined) {
    facts.push(["zones", projectId, userHash, zone.name, zone.at]);
  }
  for (const [event, months] of days) {
    for (const [month, bits] of Object.entries(months)) {
      facts.push(["months", projectId, userHash, event, month, bits]);
    }
  }
  return facts;
}

/** The same value with the fields of its objects in order, which stores don't promise to keep. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  // As pairs, since an object would take a field named __proto__ for something else.
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
