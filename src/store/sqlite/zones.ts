import type { Day } from "../../domain/day.ts";
import { runsOf } from "../../domain/months.ts";
import { EARLIEST, LATEST } from "../../domain/streaks/days/bits.ts";
import { isSameZone } from "../../domain/zone.ts";
import { homeOf, type KindLabel, kindOf } from "../day-kinds.ts";
import type { UserKey } from "../streaks.ts";
import type { UserStore } from "../users.ts";
import { type DatedEvent, type DatedRange, type DatedUser, MAX_DATED } from "../zones.ts";
import type { Actions } from "./actions.ts";
import type { Aliases } from "./aliases.ts";
import type { Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import type { SqliteZones } from "./ports.ts";
import { createRedate } from "./redating.ts";

/** Creates SQLite's {@link ZoneStore}. */
export function createZones(
  connection: Connection,
  aliases: Aliases,
  actions: Actions,
  changes: Changes,
  users: UserStore,
): SqliteZones {
  const readDated = createReadDated(connection, aliases);
  return {
    async readDated(user, range) {
      const dated = await connection.read(() => readDated(user, range));
      return dated.events.length > 0 || (await users.readUser(user)) !== undefined ? dated : undefined;
    },
    redate: createRedate(connection, aliases, actions, changes),
  };
}

function createReadDated(connection: Connection, aliases: Aliases) {
  const selectMonths = connection.prepare<MonthRow>(`
    SELECT event, month, analytics_id AS label, days FROM facts
    WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.MONTH}
  `);
  // Day by day, since any number of analytics events may lie between the days.
  const selectFirst = connection.prepare<{ readonly at: number }>(`
    SELECT at FROM facts
    WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.EVENT} AND event = ? AND month = '' AND day = ?
      AND analytics_id = ?
  `);
  const selectZones = connection.prepare<{ readonly tz: string | null }>(
    "SELECT DISTINCT tz FROM facts WHERE project_id = ? AND user_hash = ? AND kind = ?",
  );
  const selectFurther = connection.prepare<FurtherRow>(`
    SELECT event, day, analytics_id AS id, at FROM facts
    WHERE project_id = ? AND user_hash = ? AND kind = ? AND tz IS ? AND day BETWEEN ? AND ? LIMIT ?
  `);

  function* firstsOf({ projectId, userHash, home }: ReadUser, { zone, from, to }: Days): Generator<DatedEvent> {
    for (const { event, month, label, days } of selectMonths.all(projectId, userHash)) {
      const { late, zone: dayZone = home } = kindOf(label);
      for (const { first, length } of isSameZone(dayZone, zone) ? runsOf({ [month]: days }) : []) {
        for (let day = Math.max(first, from); day <= Math.min(first + length - 1, to); day++) {
          const at = selectFirst.get(projectId, userHash, event, day, label)?.at;
          if (at !== undefined) {
            yield { event, keptAs: "first", day, at, ...(late && { late }) };
          }
        }
      }
    }
  }

  /** Yields repeats or actions. Only the zone in their own row says what has dated them. */
  function* furtherOf(user: ReadUser, keptAs: "repeat" | "action", { zone, from, to }: Days): Generator<DatedEvent> {
    const { projectId, userHash, home } = user;
    const kind = keptAs === "repeat" ? FactKind.REPEAT : FactKind.ACTION;
    for (const { tz } of selectZones.all(projectId, userHash, kind)) {
      if (isSameZone(tz ?? home, zone)) {
        for (const row of selectFurther.all(projectId, userHash, kind, tz, from, to, MAX_DATED + 1)) {
          yield { ...row, keptAs };
        }
      }
    }
  }

  function* eventsOf(user: ReadUser, days: Days): Generator<DatedEvent> {
    yield* firstsOf(user, days);
    yield* furtherOf(user, "repeat", days);
    yield* furtherOf(user, "action", days);
  }

  return ({ projectId, userHash: name }: UserKey, { zone, from = EARLIEST, to = LATEST }: DatedRange): DatedUser => {
    const user = aliases.resolve(projectId, name);
    const { userHash } = user;
    const home = homeOf(user);
    const events = home === undefined ? [] : eventsOf({ projectId, userHash, home }, { zone, from, to });
    return { userHash, events: [...Iterator.from(events).take(MAX_DATED + 1)] };
  };
}

/** A user whose events are read. The user has had a zone. */
interface ReadUser extends UserKey {
  readonly home: string;
}

/** The days whose events are read. */
interface Days {
  readonly zone: string;
  readonly from: Day;
  readonly to: Day;
}

interface MonthRow {
  readonly event: string;
  readonly month: string;
  readonly label: KindLabel;
  readonly days: number;
}

type FurtherRow = Required<Pick<DatedEvent, "event" | "day" | "id" | "at">>;
