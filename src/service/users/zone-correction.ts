import { ChangedMeanwhile } from "../../call/audit.ts";
import type { Call } from "../../call/call.ts";
import { dayOf } from "../../domain/day.ts";
import type { Project } from "../../domain/project.ts";
import { redate } from "../../domain/redating.ts";
import { isSameZone } from "../../domain/zone.ts";
import { refusal, type StreakdError } from "../../errors.ts";
import type { EventStore, ResolvedUser } from "../../store/events.ts";
import type { DatedEvent, DatedRange, RedatedEvent, Redating, ZoneStore } from "../../store/zones.ts";
import { inRedatingOrder, MAX_DATED } from "../../store/zones.ts";
import { createRulesOf } from "../projects/ready-rules.ts";
import { isDateAloneAction } from "../streaks/event-fields.ts";
import { Turns } from "../turns.ts";
import { noUser } from "./no-user.ts";

/** What a request asks for. */
export interface AskedCorrection extends Omit<DatedRange, "zone"> {
  readonly wrongZone: string;
  readonly rightZone: string;
}

/** What a correction does to a user. */
export interface ZoneCorrection {
  /** The user as it was looked up. */
  readonly user: ResolvedUser;
  readonly redating: Redating;
  /** The user's zone after the correction; undefined while the user has had none. */
  readonly zone: string | undefined;
  /** Whether an event or the user gets the right zone. */
  readonly isChange: boolean;
  /** Whether an earlier correction of the user may have been cut short, so that this one completes it. */
  readonly isUnfinished: boolean;
}

/**
 * Plans which days the events of a user get.
 *
 * @throws StreakdError NOT_FOUND for an unknown user, INVALID_BODY for too many events
 * @throws ChangedMeanwhile when the user has become an alias
 */
export async function planCorrection(
  zones: ZoneStore,
  events: EventStore,
  project: Project,
  name: string,
  { wrongZone, rightZone, ...range }: AskedCorrection,
  call: Call,
): Promise<ZoneCorrection> {
  const key = { projectId: project.id, userHash: name };
  const [user] = (await events.resolveUsers([{ ...key, verify: true }])) as [ResolvedUser];
  const dated = await zones.readDated(key, { zone: wrongZone, ...range });
  if (dated === undefined) {
    throw noUser(name);
  }
  if (dated.userHash !== user.userHash) {
    throw new ChangedMeanwhile();
  }
  if (dated.events.length > MAX_DATED) {
    throw tooManyEvents(wrongZone, range);
  }
  const redated = await redateAll(dated.events, wrongZone, rightZone, project, call);
  const isZoneCorrected = isWrongZoneOf(user, wrongZone, range);
  return {
    user,
    redating: { wrongZone, rightZone, events: inRedatingOrder(redated), isZoneCorrected },
    zone: isZoneCorrected ? rightZone : user.zone?.name,
    isChange: redated.length > 0 || isZoneCorrected,
    isUnfinished: dated.isUnfinished === true,
  };
}

/**
 * Whether the user's zone is the wrong one, and was named on a date of the range. A user has one zone for all events,
 * so this does not depend on when the days of a widget begin.
 */
function isWrongZoneOf({ zone }: ResolvedUser, wrongZone: string, { from, to }: Omit<DatedRange, "zone">): boolean {
  if (zone === undefined || !isSameZone(zone.name, wrongZone)) {
    return false;
  }
  const date = dayOf(zone.at, wrongZone);
  return (from === undefined || from <= date) && (to === undefined || date <= to);
}

/** Returns the error for a correction of too many events at once. */
export function tooManyEvents(wrongZone: string, { from, to }: Omit<DatedRange, "zone">): StreakdError {
  const field = from === undefined || to !== undefined ? "from" : "to";
  return refusal(
    field,
    `must leave fewer days: more than ${MAX_DATED} events were dated in ${wrongZone}. Correct them part by part, with from and to`,
  );
}

async function redateAll(
  events: readonly DatedEvent[],
  wrongZone: string,
  rightZone: string,
  project: Project,
  call: Call,
): Promise<RedatedEvent[]> {
  const rulesOf = createRulesOf(project);
  const turns = new Turns(call);
  const dateAloneOf = createDateAloneOf(events);
  const redated: RedatedEvent[] = [];
  for (const event of events) {
    await turns.giveWay();
    const dayStarts = rulesOf(event.event, undefined)?.dayStarts;
    redated.push({ event, ...redate(event, wrongZone, rightZone, dayStarts, dateAloneOf(event)) });
  }
  return redated;
}

/**
 * Returns a function that tells whether the `ts` of an event was a date alone. An action tells this of its event,
 * unless it has an idempotency key. Undefined where nothing tells.
 */
function createDateAloneOf(events: readonly DatedEvent[]): (event: DatedEvent) => boolean | undefined {
  const known = ({ keptAs, id = "" }: DatedEvent) => (keptAs === "action" ? isDateAloneAction(id) : undefined);
  const byOccasion = new Map<string, boolean>();
  for (const event of events) {
    const isDateAlone = known(event);
    if (isDateAlone !== undefined) {
      byOccasion.set(occasionOf(event), isDateAlone);
    }
  }
  return (event) => known(event) ?? byOccasion.get(occasionOf(event));
}

/** Returns the same text for an action and for the first event or the repeat that the same event is kept as. */
export function occasionOf({ event, day, at }: DatedEvent): string {
  return `${event} ${day} ${at}`;
}
