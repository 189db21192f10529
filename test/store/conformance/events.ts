import { describe } from "vitest";
import { describeActions } from "./events/actions.ts";
import { describeActionsAfterReads } from "./events/actions-after-reads.ts";
import { describeActionsProperty } from "./events/actions-property.ts";
import { describeIdempotencyKeys } from "./events/idempotency-keys.ts";
import { describeRecording } from "./events/recording.ts";
import { describeRepeats } from "./events/repeats.ts";
import { describeResolving } from "./events/resolving.ts";
import { describeZones } from "./events/zones.ts";
import type { OpenStore } from "./fixture.ts";

/** What every `EventStore` does. */
export function describeEventStore(open: OpenStore): void {
  describe("resolves users", () => describeResolving(open));
  describe("records events", () => describeRecording(open));
  describe("follows a user's zone", () => describeZones(open));
  describe("honours idempotency keys", () => describeIdempotencyKeys(open));
  describe("keeps repeats", () => describeRepeats(open));
  describe("counts actions", () => describeActions(open));
  describe("counts actions again after reads", () => describeActionsAfterReads(open));
  describe("counts actions in any order", () => describeActionsProperty(open));
}
