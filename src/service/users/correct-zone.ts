import type { JsonObject } from "@bufbuild/protobuf";
import type { AdminService, CorrectZoneRequest } from "#gen/streak/v1/admin_service_pb.ts";
import { ChangedMeanwhile, type ChangeHandler } from "../../call/audit.ts";
import { isoDate } from "../../domain/day.ts";
import { isSameZone } from "../../domain/zone.ts";
import { refusal } from "../../errors.ts";
import type { Stores } from "../../store/stores.ts";
import { readStreakDateIfAny } from "../date.ts";
import type { Projects } from "../projects/projects.ts";
import { readZone } from "../zone.ts";
import { type CorrectedStreak, correctedStreaks } from "./corrected-streaks.ts";
import { type AskedCorrection, planCorrection, type ZoneCorrection } from "./zone-correction.ts";

/**
 * Creates the handler that redates a user's events after an app has named a wrong zone for them.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function correctZoneHandler(
  projects: Projects,
  stores: Pick<Stores, "events" | "streaks" | "zones">,
  clock: () => number,
): ChangeHandler<typeof AdminService.method.correctZone> {
  return async (request, call) => {
    const asked = readCorrection(request);
    const { siteKey, userHash, reason, validateOnly } = request;
    const project = await projects.require(siteKey, call);
    call.subject = { project: siteKey, userHash };
    call.deadline.check();
    const correction = await planCorrection(stores.zones, stores.events, project, userHash, asked, call);
    const streaks = await correctedStreaks(stores, project, correction, clock(), call);
    const { user, redating, zone, isChange, isUnfinished } = correction;
    const response = { streaks, ...(zone !== undefined && { timeZone: zone }) };

    const make = async () => {
      if (!validateOnly && (isChange || isUnfinished)) {
        const isUser = await stores.zones.redate({ projectId: project.id, userHash: user.userHash }, redating);
        if (!isUser) {
          throw new ChangedMeanwhile();
        }
      }
      return response;
    };
    if (validateOnly || !isChange) {
      return { audit: undefined, make };
    }
    const resource = `projects/${siteKey}/users/${user.userHash}`;
    return { audit: { project, resource, ...auditOf(correction, asked, streaks, reason) }, make };
  };
}

/**
 * Reads what a request asks for.
 *
 * @throws StreakdError INVALID_BODY
 */
function readCorrection({ wrongZone, rightZone, from, to }: CorrectZoneRequest): AskedCorrection {
  const asked = {
    wrongZone: readZone(wrongZone, "wrongZone"),
    rightZone: readZone(rightZone, "rightZone"),
    from: readStreakDateIfAny(from, "from"),
    to: readStreakDateIfAny(to, "to"),
  };
  if (isSameZone(wrongZone, rightZone)) {
    const byName = wrongZone === rightZone ? "" : `, by another name than "${wrongZone}"`;
    throw refusal("rightZone", `is the zone of wrongZone${byName}: nothing would change. Name the zone that is right`);
  }
  if (asked.from !== undefined && asked.to !== undefined && asked.from > asked.to) {
    throw refusal("from", `must not be later than to, ${isoDate(asked.to)}`);
  }
  return asked;
}

/** Returns what the audit log keeps of a correction: the number of events that it redates, but not which. */
function auditOf(
  { user, zone }: ZoneCorrection,
  { wrongZone, rightZone, from, to }: AskedCorrection,
  streaks: readonly CorrectedStreak[],
  reason: string,
): { readonly before: JsonObject; readonly after: JsonObject } {
  return {
    before: {
      ...(user.zone && { timeZone: user.zone.name }),
      streaks: streaks.map(({ event, currentBefore, bestBefore }) => streakIn(event, currentBefore, bestBefore)),
    },
    after: {
      ...(zone !== undefined && { timeZone: zone }),
      ...{ wrongZone, rightZone },
      ...(from !== undefined && { from: isoDate(from) }),
      ...(to !== undefined && { to: isoDate(to) }),
      reason,
      streaks: streaks.map(({ event, currentAfter, bestAfter, correctedEvents, redatedDays }) => ({
        ...streakIn(event, currentAfter, bestAfter),
        ...{ correctedEvents, redatedDays: redatedDays.length },
      })),
    },
  };
}

function streakIn(event: string, current: number | undefined, best: number | undefined): JsonObject {
  return { event, ...(current !== undefined && { current }), ...(best !== undefined && { best }) };
}
