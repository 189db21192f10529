import type { UserKey } from "../streaks.ts";
import type { UserStore } from "../users.ts";
import { type DatedEvent, type DatedRange, type DatedUser, MAX_DATED, type ZoneStore } from "../zones.ts";
import type { Aliases } from "./aliases.ts";
import type { Apply } from "./apply.ts";
import type { Connection } from "./connection.ts";
import { doesDay, findDated, isDatedIn, isDoneInZone, keptAs } from "./dated-events.ts";
import type { EventDocument, StreakDocument } from "./documents.ts";
import type { Notes } from "./notes.ts";
import { createRedate } from "./redating.ts";
import { ALL_DAYS, homeIn, ZONES } from "./streak-documents.ts";

/** Creates MongoDB's {@link ZoneStore}. */
export function createZones(
  connection: Connection,
  aliases: Aliases,
  apply: Apply,
  notes: Notes,
  users: UserStore,
): ZoneStore {
  /** Returns what is known of a user in the collection of streaks, and whether there is anything. */
  async function readEvents(user: UserKey, { zone, from, to }: DatedRange): Promise<[DatedUser, boolean]> {
    const [resolved] = await aliases.resolve([user], { ...ALL_DAYS, ...ZONES, unfinished: 1 });
    const { projectId, userHash, document: found } = resolved as NonNullable<typeof resolved>;
    const document: Partial<StreakDocument> = found ?? {};
    const home = homeIn(document);
    const isUnfinished = document.unfinished !== undefined;
    /** Whether a correction may redate an event. An event that does no day may be of a batch still under way. */
    const mayRedate = (event: EventDocument, homeZone: string) =>
      keptAs(event) === "first"
        ? doesDay(event, document)
        : isUnfinished || isDoneInZone(document, event, zone, homeZone);
    const events: DatedEvent[] = [];
    if (home !== undefined) {
      const range = { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lte: to }) };
      const dated = findDated(connection, { projectId, userHash }, { $type: "int", ...range }).project<EventDocument>({
        meta: 0,
        sessionId: 0,
      });
      for await (const event of dated) {
        if (isDatedIn(zone, event, home) && mayRedate(event, home)) {
          events.push(datedEvent(event));
        }
        if (events.length > MAX_DATED) {
          break;
        }
      }
    }
    return [{ userHash, events, ...(isUnfinished && { isUnfinished }) }, found !== undefined];
  }

  return {
    async readDated(user, range) {
      const [dated, hasDocument] = await connection.run(() => readEvents(user, range));
      return hasDocument || (await users.readUser(user)) !== undefined ? dated : undefined;
    },

    redate: createRedate(connection, aliases, apply, notes),
  };
}

function datedEvent(document: EventDocument): DatedEvent {
  const { event, day, at, late, action, analyticsId: id = action } = document;
  const kept = keptAs(document);
  return {
    ...{ event, keptAs: kept, day, at: at.getTime(), ...(id !== undefined && { id }) },
    ...(kept === "first" && late && { late }),
  };
}
