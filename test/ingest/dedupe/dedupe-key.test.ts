import { expect, test } from "vitest";
import { dedupeExpiryOf, dedupeKeyOf } from "#src/ingest/dedupe/dedupe-key.ts";
import { IDEMPOTENCY_WINDOW_MS, type StoredEvent } from "#src/store/events.ts";

const NOW = Date.UTC(2024, 0, 15);
const HOUR_MS = 3_600_000;

const event: StoredEvent = {
  projectId: "p",
  userHash: "ann",
  event: "like",
  type: "streak_interaction",
  day: 19_737,
  at: NOW,
  id: "an id",
};

test("an event is known by its user and its day or its idempotency key", () => {
  expect(dedupeKeyOf(event, "")).toBe("p\nday\nann\nlike\n19737");
  expect(dedupeKeyOf({ ...event, idempotencyKey: "k" }, "")).toBe("p\nkey\nann\nk");
  expect(dedupeKeyOf({ ...event, type: "widget_impression", idempotencyKey: "k" }, "")).toBe("p\nkey\nann\nk");
});

test("an analytics event without an idempotency key has no dedupe key", () => {
  expect(dedupeKeyOf({ ...event, type: "widget_impression" }, "")).toBeUndefined();
});

test("a done day is kept for two days, whether the event was new or a repeat", () => {
  expect(dedupeExpiryOf(event, "stored", NOW)).toBe(NOW + 48 * HOUR_MS);
  expect(dedupeExpiryOf(event, "repeat", NOW)).toBe(NOW + 48 * HOUR_MS);
});

test("an idempotency key is kept as long as the store keeps it, and not kept for a repeat", () => {
  const keyed = { ...event, idempotencyKey: "k" };
  expect(dedupeExpiryOf(keyed, "stored", NOW)).toBe(NOW + IDEMPOTENCY_WINDOW_MS);
  expect(dedupeExpiryOf(keyed, "repeat", NOW)).toBeUndefined();
  expect(dedupeExpiryOf(keyed, "replayed", NOW)).toBeUndefined();
});

test("an action is not known by its day, and known by its idempotency key like any event", () => {
  expect(dedupeKeyOf({ ...event, action: "ts:1" }, "")).toBeUndefined();
  expect(dedupeKeyOf({ ...event, action: "key:k", idempotencyKey: "k" }, "")).toBe("p\nkey\nann\nk");
});
