import { describe } from "vitest";
import type { Ports } from "#src/store/stores.ts";
import { describeAnalyticsStore } from "./conformance/analytics.ts";
import { describeAuditStore } from "./conformance/audit.ts";
import { describeEventStore } from "./conformance/events.ts";
import type { OpenStore } from "./conformance/fixture.ts";
import { describeInstanceStore } from "./conformance/instances.ts";
import { describeLeaseStore } from "./conformance/leases.ts";
import { describeLedgerStore } from "./conformance/ledger.ts";
import { describeProjectStore } from "./conformance/projects.ts";
import { describeSeatStore } from "./conformance/seats.ts";
import { describeSessionStore } from "./conformance/sessions.ts";
import { describeSettingStore } from "./conformance/settings.ts";
import { describeStreakStore } from "./conformance/streaks.ts";
import { describeTokenStore } from "./conformance/tokens.ts";
import { describeUsageStore } from "./conformance/usage.ts";
import { describeUserStore } from "./conformance/users.ts";
import { describeZoneStore } from "./conformance/zones.ts";

/** The suite of each port. A port without one does not compile. */
const SUITES: Readonly<Record<keyof Ports, (open: OpenStore) => void>> = {
  projects: describeProjectStore,
  streaks: describeStreakStore,
  ledger: describeLedgerStore,
  events: describeEventStore,
  settings: describeSettingStore,
  users: describeUserStore,
  zones: describeZoneStore,
  tokens: describeTokenStore,
  sessions: describeSessionStore,
  audit: describeAuditStore,
  seats: describeSeatStore,
  usage: describeUsageStore,
  analytics: describeAnalyticsStore,
  leases: describeLeaseStore,
  instances: describeInstanceStore,
};

/**
 * What every store does, called through nothing but its ports.
 *
 * @param open opens an empty store, anew for each test
 */
export function describeStores(name: string, open: OpenStore): void {
  for (const [port, describePort] of Object.entries(SUITES)) {
    describe(`the ${port} of the ${name} store`, () => describePort(open));
  }
}
