import { describe } from "vitest";
import { describeFolding } from "./analytics/folding.ts";
import { describeHistories } from "./analytics/histories.ts";
import { describeAnalyticsProperty } from "./analytics/property.ts";
import { describeSaving } from "./analytics/saving.ts";
import type { OpenStore } from "./fixture.ts";

/** What every `AnalyticsStore` does. */
export function describeAnalyticsStore(open: OpenStore): void {
  describe("notes changes and folds them", () => describeFolding(open));
  describe("reads histories", () => describeHistories(open));
  describe("saves tallies", () => describeSaving(open));
  describe("agrees with what is recorded", () => describeAnalyticsProperty(open));
}
