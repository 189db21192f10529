import { describe } from "vitest";
import type { OpenStore } from "./fixture.ts";
import { describeCheckIns } from "./users/check-ins.ts";
import { describeListing } from "./users/listing.ts";
import { describeUsersProperty } from "./users/property.ts";
import { describeReading } from "./users/reading.ts";

/** What every `UserStore` does. */
export function describeUserStore(open: OpenStore): void {
  describe("lists users", () => describeListing(open));
  describe("reads a user", () => describeReading(open));
  describe("reads the check-ins of a user", () => describeCheckIns(open));
  describe("agrees with what was recorded", () => describeUsersProperty(open));
}
