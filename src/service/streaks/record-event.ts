import { EventType, type RecordEventRequest, type StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import type { AcceptedEvent } from "../../ingest/events.ts";
import type { Ingest } from "../../ingest/ingest.ts";
import type { EventType as EventTypeName } from "../../store/events.ts";
import { admitOrigin, type Projects, widgetFor } from "../projects/projects.ts";
import { type UserTokens, wantsUserToken } from "../signed-tokens/user-token.ts";
import { readZone } from "../zone.ts";
import { actionIdOf, isDateAlone, readInstant, readMeta } from "./event-fields.ts";

/**
 * Creates the handler that records an event, and returns once it is durable.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function recordEventHandler(
  projects: Projects,
  ingest: Ingest,
  userTokens: UserTokens,
  clock: () => number,
): Handler<typeof StreakService.method.recordEvent> {
  return async (request, call) => {
    const event = readEvent(request, clock());
    const open = await projects.open(request.siteKey);
    call.subject = { project: open.project.siteKey, userHash: request.userHash };
    admitOrigin(open, call.principal, "events:record");
    if (wantsUserToken(open.project, call.principal, "events:record")) {
      await userTokens.require(open.project, request.userHash, call.principal, "events:record");
    }
    const { rules } = widgetFor(open, request.event);
    // A date alone is that day, whenever the day begins.
    const isWholeDate = rules.dayStarts !== undefined && isDateAlone(request.ts, event.at, event.tz);
    const dayStarts = isWholeDate ? undefined : rules.dayStarts;
    const { id: projectId, timeZone: projectZone, analytics } = open.project;
    const { gate } = open;
    const isInteraction = event.type === "streak_interaction";
    const keepRepeat = analytics.keepRepeats && isInteraction;
    const actions = isInteraction ? rules.actions : undefined;
    // Two forms, so that most events have no field for what they don't need.
    const accepted =
      gate === undefined && !keepRepeat && dayStarts === undefined && actions === undefined
        ? { ...event, projectId, projectZone }
        : {
            ...event,
            projectId,
            projectZone,
            ...(gate && { gate }),
            ...(keepRepeat && { keepRepeat }),
            ...(dayStarts && { dayStarts }),
            ...(actions && {
              countedAction: { versions: actions, id: actionIdOf(request, event.at, event.tz) },
            }),
          };
    const outcome = await ingest.record(accepted, call.deadline);
    if (outcome === "replayed") {
      call.response.headers.set("Idempotent-Replayed", "true");
    }
    return { $typeName: "streak.v1.RecordEventResponse", ok: true };
  };
}

const eventTypeNames: Readonly<Record<number, EventTypeName>> = {
  [EventType.UNSPECIFIED]: "streak_interaction",
  [EventType.STREAK_INTERACTION]: "streak_interaction",
  [EventType.WIDGET_IMPRESSION]: "widget_impression",
  [EventType.WIDGET_INTERACTION]: "widget_interaction",
};

/** Reads what the generated checks can't know: times, zones and metadata. */
function readEvent(request: RecordEventRequest, now: number): Omit<AcceptedEvent, "projectId" | "projectZone"> {
  const at = readInstant(request.ts, now);
  return {
    userHash: request.userHash,
    event: request.event,
    type: eventTypeNames[request.eventType] ?? "streak_interaction",
    at,
    ...(at !== now && { receivedAt: now }),
    ...(request.tz !== undefined && { tz: readZone(request.tz, "tz") }),
    ...(request.meta !== undefined && { meta: readMeta(request.meta) }),
    ...(request.sessionId !== undefined && { sessionId: request.sessionId }),
    ...(request.idempotencyKey !== undefined && { idempotencyKey: request.idempotencyKey }),
  };
}
