import { isSameZone } from "../../domain/zone.ts";
import { homeOf, type KindLabel, kindOf, labelOf } from "../day-kinds.ts";
import { correctedZone, type Redating } from "../zones.ts";
import type { Actions } from "./actions.ts";
import type { Aliases } from "./aliases.ts";
import type { Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { createDatedRows, type DoneDay, type RedatedUser } from "./dated-rows.ts";
import { createReadLabels } from "./labels.ts";
import type { SqliteZones } from "./ports.ts";

/** Creates the function that redates events, and changes the done days with them, in one transaction. */
export function createRedate(
  connection: Connection,
  aliases: Aliases,
  actions: Actions,
  changes: Changes,
): SqliteZones["redate"] {
  const rows = createDatedRows(connection);
  const readLabels = createReadLabels(connection);

  /** Redates events, and marks the days that they come to as done. Returns the days that first events have left. */
  function redateAll(user: RedatedUser, labels: readonly KindLabel[], { rightZone, events }: Redating): DoneDay[] {
    const left: DoneDay[] = [];
    for (const redated of events) {
      const { event, keptAs, day, late = false } = redated.event;
      const label = labelOf({ dayZone: rightZone, ...(redated.late && { late: true }) }, user.home);
      const to = { event, day: redated.day, at: redated.at, label, zone: rightZone };
      if (keptAs === "first") {
        const ofKind = labels.filter((one) => kindOf(one).late === late);
        const before = ofKind.find((one) => rows.redateFirst(user, redated.event, one, to));
        if (before !== undefined) {
          left.push({ event, day, label: before });
        }
      } else if (keptAs === "repeat") {
        rows.redateRepeat(user, redated.event, to);
      } else {
        rows.redateAction(user, redated.event, to);
      }
    }
    return left;
  }

  return ({ projectId, userHash }, redating) =>
    connection.write(() => {
      const { wrongZone, rightZone, isZoneCorrected } = redating;
      const found = aliases.resolve(projectId, userHash);
      if (found.userHash !== userHash) {
        return undefined;
      }
      const home = homeOf(found);
      if (found.zone === undefined || home === undefined) {
        return found;
      }
      const user: RedatedUser = { projectId, userHash, home, wrongZone };
      const labels = readLabels(user).filter((label) => isSameZone(kindOf(label).zone ?? home, wrongZone));
      for (const day of redateAll(user, labels, redating)) {
        rows.leave(user, day);
      }
      rows.removeEmptyMonths(user);
      for (const event of eventsWithActions(redating)) {
        actions.recount(projectId, userHash, event);
      }
      aliases.setHome(projectId, userHash, home);
      if (isZoneCorrected && isSameZone(found.zone.name, wrongZone)) {
        aliases.raiseZone(projectId, userHash, correctedZone(found.zone, rightZone));
      }
      aliases.markRedated(projectId, userHash);
      changes.note([{ projectId, userHash }]);
      return aliases.resolve(projectId, userHash);
    });
}

function eventsWithActions({ events }: Redating): Set<string> {
  return new Set(events.filter(({ event }) => event.keptAs === "action").map(({ event }) => event.event));
}
