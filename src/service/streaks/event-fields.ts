import type { JsonObject } from "@bufbuild/protobuf";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { RecordEventRequest } from "#gen/streak/v1/streak_service_pb.ts";
import { DATE_ALONE_NANOS, dayOf } from "../../domain/day.ts";
import { refusal } from "../../errors.ts";

/** How far an event's `ts` may be ahead of the server's clock, in milliseconds: what badly set clocks of clients need. */
const MAX_AHEAD_MS = 10 * 60 * 1000;

/** The most bytes that an event's `meta` may have as JSON in UTF-8. */
const MAX_META_BYTES = 4096;

/** How deep objects and lists may be nested in `meta`. */
const MAX_META_DEPTH = 32;

/**
 * When an event happened, in epoch milliseconds.
 *
 * @param ts as the request gives it; the present when it gives none
 * @param now the server's time in epoch milliseconds
 * @throws StreakdError INVALID_BODY when it is more than 10 minutes ahead
 */
export function readInstant(ts: Timestamp | undefined, now: number): number {
  if (ts === undefined) {
    return now;
  }
  // Down, never to the nearest: rounding up would carry the last instant of a day into the next one.
  const instant = Number(ts.seconds) * 1000 + Math.floor(ts.nanos / 1_000_000);
  if (instant > now + MAX_AHEAD_MS) {
    throw refusal(
      "ts",
      `is more than 10 minutes ahead of the server's clock, which says ${new Date(now).toISOString()}. Check the clock that made it`,
    );
  }
  return instant;
}

/**
 * Whether an event's `ts` was given as a date alone: it is a little later than the first instant of a date in the zone that
 * the event names. Other clients may send such a little more at any time.
 *
 * @param instant the `ts` in epoch milliseconds
 */
export function isDateAlone(ts: Timestamp | undefined, instant: number, zone: string | undefined): boolean {
  const isLittleMore = ts !== undefined && ts.nanos % 1_000_000 === DATE_ALONE_NANOS;
  return isLittleMore && zone !== undefined && dayOf(instant - 1, zone) < dayOf(instant, zone);
}

/** The beginning of the id of an action with an idempotency key. */
const KEY = "key:";

/** The id of an action that was given as a date alone. */
const DATE_ALONE = "date";

/**
 * Tells which action of its day an event is, where actions count: by its idempotency key, else by its `ts`. A date
 * alone is the same action in each zone. Undefined where the event has neither: then nobody can tell.
 *
 * @param instant the `ts` in epoch milliseconds
 * @param zone the IANA name of the zone that the event names
 */
export function actionIdOf(
  { idempotencyKey, ts }: Pick<RecordEventRequest, "idempotencyKey" | "ts">,
  instant: number,
  zone: string | undefined,
): string | undefined {
  if (idempotencyKey !== undefined) {
    return `${KEY}${idempotencyKey}`;
  }
  if (ts === undefined) {
    return undefined;
  }
  return isDateAlone(ts, instant, zone) ? DATE_ALONE : `ts:${instant}`;
}

/**
 * Whether the `ts` of an action was a date alone, by the id of the action. Undefined for an id with a key, which can't
 * tell.
 */
export function isDateAloneAction(id: string): boolean | undefined {
  return id.startsWith(KEY) ? undefined : id === DATE_ALONE;
}

/**
 * An event's metadata, as JSON.
 *
 * @throws StreakdError INVALID_BODY when it is too large or too deep
 */
export function readMeta(meta: JsonObject): string {
  // Before it is written as JSON, because that recurses.
  if (!isWithinDepth(meta, MAX_META_DEPTH)) {
    throw refusal("meta", `may be nested at most ${MAX_META_DEPTH} levels deep`);
  }
  const json = JSON.stringify(meta);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_META_BYTES) {
    throw refusal("meta", `may have at most ${MAX_META_BYTES} bytes as JSON, not ${bytes}`);
  }
  return json;
}

function isWithinDepth(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) {
    return true;
  }
  return depth > 0 && Object.values(value).every((inner) => isWithinDepth(inner, depth - 1));
}
