import {
  EventType,
  type GetStateRequest,
  type GetStateResponse,
  type RecordEventRequest,
  type RecordEventResponse,
} from "#gen/streak/v1/streak_service_pb.ts";
import type { Call } from "../../call/call.ts";
import { dayOf } from "../../domain/day.ts";
import { streakOf } from "../../domain/streak.ts";
import { weekOf } from "../../domain/week.ts";
import type { AcceptedEvent, Ingest } from "../../ingest/ingest.ts";
import type { EventType as EventTypeName } from "../../store/events.ts";
import type { StreakStore } from "../../store/streaks.ts";
import { modeToMessage } from "../projects/project-message.ts";
import { admitOrigin, type Projects, widgetFor } from "../projects/projects.ts";
import { readInstant, readMeta, readZone } from "./event-fields.ts";
import { milestonesToMessages, sharedSettings, weekToMessages } from "./state-message.ts";

/** The version of the contract that state answers name. */
const API_VERSION = "1";

/** The public methods: what apps and browsers call. proto/streak/v1/streak_service.proto says what each promises. */
export class StreakService {
  readonly #projects: Projects;
  readonly #ingest: Ingest;
  readonly #store: StreakStore;
  readonly #clock: () => number;

  /** @param clock the server's time in epoch milliseconds */
  constructor(projects: Projects, ingest: Ingest, store: StreakStore, clock: () => number) {
    this.#projects = projects;
    this.#ingest = ingest;
    this.#store = store;
    this.#clock = clock;
  }

  /** Records an event; answers once it is durable. */
  async recordEvent(request: RecordEventRequest, call: Call): Promise<RecordEventResponse> {
    const event = readEvent(request, this.#clock());
    const open = await this.#projects.open(request.siteKey);
    admitOrigin(open, call.requestHeader.get("origin"));
    widgetFor(open, request.event);
    const { id: projectId, timeZone: projectZone } = open.project;
    await this.#ingest.record({ ...event, projectId, projectZone }, call.deadline);
    return { $typeName: "streak.v1.RecordEventResponse", ok: true };
  }

  /** Reads a user's streak, with everything that a widget shows beside it. */
  async getState(request: GetStateRequest, call: Call): Promise<GetStateResponse> {
    const zone = request.tz === undefined ? undefined : readZone(request.tz, "tz");
    const open = await this.#projects.open(request.siteKey);
    admitOrigin(open, call.requestHeader.get("origin"));
    const widget = widgetFor(open, request.event);
    const { project } = open;

    call.deadline.check();
    const user = { projectId: project.id, userHash: request.userHash };
    const record = await this.#store.readStreak(user, request.event);
    const today = dayOf(this.#clock(), zone ?? record.zone?.name ?? project.timeZone);
    const streak = streakOf(record.days, widget.rules, today);
    // A whole message, as its type asks for: `create` would go through all of it once more to find nothing missing.
    return {
      $typeName: "streak.v1.GetStateResponse",
      meta: { $typeName: "streak.v1.StateMeta", apiVersion: API_VERSION, isLive: project.live },
      streak: { $typeName: "streak.v1.Streak", ...streak, mode: modeToMessage[streak.mode] },
      week: weekToMessages(weekOf(record.days, today)),
      milestones: milestonesToMessages(widget.milestones, streak.current),
      settings: sharedSettings(widget.settings),
    };
  }
}

const eventTypeNames: Readonly<Record<number, EventTypeName>> = {
  [EventType.UNSPECIFIED]: "streak_interaction",
  [EventType.STREAK_INTERACTION]: "streak_interaction",
  [EventType.WIDGET_IMPRESSION]: "widget_impression",
  [EventType.WIDGET_INTERACTION]: "widget_interaction",
};

/** Reads what the generated checks can't know: times, zones and metadata. */
function readEvent(request: RecordEventRequest, now: number): Omit<AcceptedEvent, "projectId" | "projectZone"> {
  return {
    userHash: request.userHash,
    event: request.event,
    type: eventTypeNames[request.eventType] ?? "streak_interaction",
    at: readInstant(request.ts, now),
    ...(request.tz !== undefined && { tz: readZone(request.tz, "tz") }),
    ...(request.meta !== undefined && { meta: readMeta(request.meta) }),
    ...(request.sessionId !== undefined && { sessionId: request.sessionId }),
    ...(request.idempotencyKey !== undefined && { idempotencyKey: request.idempotencyKey }),
  };
}
