import { describe } from "vitest";
import type { OpenStore } from "./fixture.ts";
import { describeLinking } from "./streaks/linking.ts";
import { describeUnion } from "./streaks/union.ts";

/** What every `StreakStore` does. */
export function describeStreakStore(open: OpenStore): void {
  describe("links users", () => describeLinking(open));
  describe("unites days in any order", () => describeUnion(open));
}
