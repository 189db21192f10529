import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeRecordEventRequest } from "#gen/streak/v1/streak_service_rest.ts";
import { actionIdOf, readInstant } from "#src/service/streaks/event-fields.ts";

// What is one action: written from docs/rules.md, "Actions", alone, and compared with the ids of actions.

interface Sent {
  readonly idempotencyKey?: string;
  /** An instant, or a date alone. */
  readonly ts?: string;
  readonly tz: string;
}

const NOW = Date.parse("2026-02-07T20:00:00Z");

/** What the service takes it for, as it reads a request over REST. */
function idOf(sent: Sent): string | undefined {
  const request = decodeRecordEventRequest({ siteKey: "my_app", userHash: "ann", event: "likes", ...sent }, "");
  return actionIdOf(request, readInstant(request.ts, NOW), request.tz);
}

/** Whether two different events of one day are one action. */
function isOneAction(one: Sent, other: Sent): boolean {
  if (one.idempotencyKey !== undefined || other.idempotencyKey !== undefined) {
    return one.idempotencyKey === other.idempotencyKey;
  }
  if (one.ts === undefined || other.ts === undefined) {
    return false;
  }
  const [isDate, isOtherDate] = [one.ts, other.ts].map((ts) => ts.length === "2026-02-07".length);
  return isDate || isOtherDate ? isDate === isOtherDate : Date.parse(one.ts) === Date.parse(other.ts);
}

/** Events of one day, written in several ways. Tokyo's midnight is at 15:00 of the day before in UTC. */
const anySent: fc.Arbitrary<Sent> = fc
  .record({
    idempotencyKey: fc.option(fc.constantFrom("a", "b", "date", "ts:1770422400000")),
    ts: fc.option(
      fc.constantFrom(
        ...["2026-02-07", "2026-02-07T00:00:00Z", "2026-02-07T00:00:00.000Z", "2026-02-07T09:00:00+09:00"],
        ...["2026-02-06T15:00:00Z", "2026-02-07T00:00:00+09:00", "2026-02-07T12:00:00.001Z"],
        ...["2026-02-07T12:00:00.0011Z", "2026-02-07T12:00:00.0019Z", "2026-02-07T12:00:00.002Z"],
      ),
    ),
    tz: fc.constantFrom("UTC", "Asia/Tokyo"),
  })
  .map(({ idempotencyKey, ts, tz }) => ({
    ...(idempotencyKey !== null && { idempotencyKey }),
    ...(ts !== null && { ts }),
    tz,
  }));

test("two events of a day are one action if they have the same key, or none and the same time", () => {
  fc.assert(
    fc.property(anySent, anySent, (one, other) => {
      const ids = [one, other].map(idOf);
      expect(ids[0] !== undefined && ids[0] === ids[1]).toBe(isOneAction(one, other));
    }),
    { numRuns: 3000 },
  );
});
