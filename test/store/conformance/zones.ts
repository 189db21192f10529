import { describe } from "vitest";
import type { OpenStore } from "./fixture.ts";
import { describeRedatingActions } from "./zones/actions.ts";
import { describeRedatingKeys } from "./zones/keys.ts";
import { describeRedatingProperty } from "./zones/property.ts";
import { describeReadingDated } from "./zones/reading.ts";
import { describeRedating } from "./zones/redating.ts";
import { describeRedatingRepeats } from "./zones/repeats.ts";
import { describeRedatedUsers } from "./zones/users.ts";

/** What every `ZoneStore` does. */
export function describeZoneStore(open: OpenStore): void {
  describe("reads the events that a zone has dated", () => describeReadingDated(open));
  describe("redates events", () => describeRedating(open));
  describe("redates kept repeats", () => describeRedatingRepeats(open));
  describe("redates actions", () => describeRedatingActions(open));
  describe("redates the events of idempotency keys", () => describeRedatingKeys(open));
  describe("knows whose events were redated", () => describeRedatedUsers(open));
  describe("makes what would have been recorded", () => describeRedatingProperty(open));
}
