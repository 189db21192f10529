import { describe } from "vitest";
import type { OpenStore } from "./fixture.ts";
import { describeKinds } from "./streaks/kinds.ts";
import { describeKindsProperty } from "./streaks/kinds-property.ts";
import { describeLinking } from "./streaks/linking.ts";
import { describeLinkingKinds } from "./streaks/linking-kinds.ts";
import { describeUnion } from "./streaks/union.ts";

/** What every `StreakStore` does. */
export function describeStreakStore(open: OpenStore): void {
  describe("links users", () => describeLinking(open));
  describe("unites days in any order", () => describeUnion(open));
  describe("keeps days apart by their kind", () => describeKinds(open));
  describe("keeps them apart through links", () => describeLinkingKinds(open));
  describe("keeps them apart in any order", () => describeKindsProperty(open));
}
