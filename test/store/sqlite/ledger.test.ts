import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import { silentLog } from "../../support/log.ts";
import { entry } from "../conformance/ledger/support.ts";
import { expectFull, NEARLY_FULL } from "../full-ledger.ts";

it("a full ledger takes no more entries, but all that a link brings", async () => {
  const folder = await mkdtemp(join(tmpdir(), "streakd-ledger-"));
  const store = await openSqliteStores(folder, silentLog);
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  const user = { projectId: "p1", userHash: "ann" };
  const outcomes = await Promise.all(NEARLY_FULL.map((id) => store.ledger.addLedgerEntry(user, entry({ id }))));
  expect(new Set(outcomes)).toEqual(new Set(["added"]));
  await expectFull([store]);
});
