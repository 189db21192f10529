import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CorrectedStreakSchema } from "#gen/streak/v1/admin_service_pb.ts";
import type { Call } from "../../call/call.ts";
import type { History } from "../../domain/check-ins.ts";
import { isoDate } from "../../domain/day.ts";
import type { Project } from "../../domain/project.ts";
import { checkInsAfterRedating } from "../../domain/redating.ts";
import { streakOf } from "../../domain/streaks/streak.ts";
import type { Stores } from "../../store/stores.ts";
import type { RedatedEvent } from "../../store/zones.ts";
import { mapAtOnce } from "../ledger/at-once.ts";
import { createRulesOf } from "../projects/ready-rules.ts";
import { actionsFor, historyOf, zoneOf } from "../streaks/history.ts";
import { momentOf } from "../streaks/moment.ts";
import { actionsAfterRedating } from "./actions-after-redating.ts";
import { occasionOf, type ZoneCorrection } from "./zone-correction.ts";

/** What a correction changes of a streak. */
export type CorrectedStreak = MessageInitShape<typeof CorrectedStreakSchema> & {
  readonly event: string;
  readonly correctedEvents: number;
  readonly redatedDays: readonly { readonly from: string; readonly to: string }[];
};

/** What a streak counts before and after a correction; empty for an event without a widget. */
type Numbers = Pick<CorrectedStreak, "currentBefore" | "currentAfter" | "bestBefore" | "bestAfter">;

/**
 * Returns the streaks with events that get the right zone, ordered by `event`.
 *
 * @param now the server's time in epoch milliseconds
 */
export async function correctedStreaks(
  stores: Pick<Stores, "streaks" | "zones">,
  project: Project,
  correction: ZoneCorrection,
  now: number,
  call: Call,
): Promise<CorrectedStreak[]> {
  const numbersOf = createNumbersOf(stores, project, correction, now);
  const byEvent = Map.groupBy(correction.redating.events, ({ event }) => event.event);
  const inOrder = [...byEvent].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return mapAtOnce(inOrder, async ([event, redated]) => {
    call.deadline.check();
    const corrected = eachOnce(redated);
    const onAnotherDay = corrected
      .filter((one) => one.day !== one.event.day)
      .toSorted((a, b) => a.event.day - b.event.day);
    return {
      event,
      correctedEvents: corrected.length,
      redatedDays: onAnotherDay.map((one) => ({ from: isoDate(one.event.day), to: isoDate(one.day) })),
      ...(await numbersOf(event, redated)),
    };
  });
}

/**
 * Returns each event once. An event that is an action may be kept twice: as an action, and as the first event of its
 * day or a repeat.
 */
function eachOnce(redated: readonly RedatedEvent[]): RedatedEvent[] {
  const byTime = Map.groupBy(redated, ({ event }) => occasionOf(event));
  return [...byTime.values()].flatMap((atOnce) => {
    const others = atOnce.filter(({ event }) => event.keptAs !== "action");
    const actions = atOnce.filter(({ event }) => event.keptAs === "action");
    return [...others, ...actions.slice(others.length)];
  });
}

function createNumbersOf(
  { streaks, zones }: Pick<Stores, "streaks" | "zones">,
  project: Project,
  { user: { userHash }, redating, zone }: ZoneCorrection,
  now: number,
): (event: string, redated: readonly RedatedEvent[]) => Promise<Numbers> {
  const rulesOf = createRulesOf(project);
  const user = { projectId: project.id, userHash };

  return async (event, redated) => {
    const ofWidget = rulesOf(event, undefined);
    if (ofWidget === undefined) {
      return {};
    }
    const record = await streaks.readStreak(user, event, actionsFor(ofWidget, "total"));
    const rules = rulesOf(event, record.ledger) ?? ofWidget;
    const history = historyOf(record, record, project);
    const { home = project.timeZone } = history;
    const redatedDays = redated.map((to) => ({ from: to.event, to, isFirst: to.event.keptAs === "first" }));
    const actions = ofWidget.actions && (await actionsAfterRedating(zones, user, record, home, redated));
    const corrected = {
      ...checkInsAfterRedating(record, home, redating, redatedDays),
      home,
      ...(actions && { actions }),
    };

    const streakIn = (userZone: string, days: History) => {
      const { settled, present } = momentOf(days, rules, now, userZone);
      return streakOf(settled, rules, present);
    };
    const before = streakIn(zoneOf(record, project), history);
    const after = streakIn(zone ?? project.timeZone, corrected);
    return {
      ...{ currentBefore: before.current, currentAfter: after.current },
      ...{ bestBefore: before.best, bestAfter: after.best },
    };
  };
}
