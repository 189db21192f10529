import { describe } from "vitest";
import type { OpenStore } from "./conformance/fixture.ts";
import { describeIdempotencyKeys } from "./conformance/idempotency-keys.ts";
import { describeLinking } from "./conformance/linking.ts";
import { describeProjects } from "./conformance/projects.ts";
import { describeRecording } from "./conformance/recording.ts";
import { describeSettings } from "./conformance/settings.ts";
import { describeUnion } from "./conformance/union.ts";
import { describeZones } from "./conformance/zones.ts";

/**
 * What every `StreakStore` does, asked through nothing but the port.
 *
 * @param open opens an empty store, anew for each test
 */
export function describeStreakStore(name: string, open: OpenStore): void {
  describe(`the ${name} store`, () => {
    describe("keeps projects", () => describeProjects(open));
    describe("records events", () => describeRecording(open));
    describe("follows a user's zone", () => describeZones(open));
    describe("honours idempotency keys", () => describeIdempotencyKeys(open));
    describe("links users", () => describeLinking(open));
    describe("unites days in any order", () => describeUnion(open));
    describe("keeps settings", () => describeSettings(open));
  });
}
