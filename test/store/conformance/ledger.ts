import { describe } from "vitest";
import type { OpenStore } from "./fixture.ts";
import { describeAdding } from "./ledger/adding.ts";
import { describeLinkedLedgers } from "./ledger/linking.ts";
import { describeLedgerReads } from "./ledger/reading.ts";

/** What every `LedgerStore` does. */
export function describeLedgerStore(open: OpenStore): void {
  describe("adds entries", () => describeAdding(open));
  describe("unites ledgers", () => describeLinkedLedgers(open));
  describe("shows ledgers", () => describeLedgerReads(open));
}
