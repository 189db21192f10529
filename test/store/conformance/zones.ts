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
  describe("dates events anew", () => describeRedating(open));
  describe("dates kept repeats anew", () => describeRedatingRepeats(open));
  describe("dates actions anew", () => describeRedatingActions(open));
  describe("dates the events of idempotency keys anew", () => describeRedatingKeys(open));
  describe("knows whose events were dated anew", () => describeRedatedUsers(open));
  describe("makes what would have been recorded", () => describeRedatingProperty(open));
}
