import { expect, test } from "vitest";
import { LedgerOutcome } from "#gen/streak/v1/ledger_service_pb.ts";
import { type LedgerEntry, MAX_ENDED_PAUSES, MAX_LEDGER_ENTRIES } from "#src/domain/ledger.ts";
import { project } from "../../store/conformance/fixture.ts";
import { openAudit, ROOT } from "../audit/support.ts";

const PAUSE = { siteKey: "shop", reason: "Ill", from: "2024-01-04" };

test("a full ledger takes no further entry, and the request adds nothing for anybody", async () => {
  const opened = await openAudit();
  const { ledger, projects } = opened.stores;
  const shop = project({ siteKey: "shop" });
  await projects.createProject(shop);
  const entry: LedgerEntry = {
    ...{ id: "p", user: "full", reason: "Ill", actor: "root", at: 0 },
    kind: "pause",
    from: 19_726,
  };
  const full = { projectId: shop.id, userHash: "full" };
  const ids = Array.from({ length: MAX_LEDGER_ENTRIES }, (_, index) => `p${index}`);
  await Promise.all(ids.map((id) => ledger.addLedgerEntry(full, { ...entry, id })));

  const asked = opened.call(ROOT, "pauseStreaks", { ...PAUSE, userHashes: ["room", "full"], entryId: "more" });

  await expect(asked).rejects.toMatchObject({
    ...{ code: "TOO_MANY_LEDGER_ENTRIES", field: "userHashes" },
    message:
      'The ledger of "full" has 1000 entries, which is as many as it may have. Nothing was added, for any user. Leave the user out.',
  });
  expect(await ledger.readLedger({ ...full, userHash: "room" })).toEqual([]);
  const again = await opened.call(ROOT, "pauseStreaks", { ...PAUSE, userHashes: ["full"], entryId: "p7" });
  expect(again.results).toMatchObject([{ outcome: LedgerOutcome.KNOWN }]);
  const none = await opened.call(ROOT, "takeBackEntry", {
    ...{ siteKey: "shop", reason: "Wrong", userHashes: ["full"], entryId: "t", takenBackId: "none" },
  });
  expect(none.results).toMatchObject([{ outcome: LedgerOutcome.NOTHING }]);
});

test("an end names at most 100 pauses, so that ledgers stay small", async () => {
  const opened = await openAudit();
  const { ledger, projects } = opened.stores;
  const shop = project({ siteKey: "shop" });
  await projects.createProject(shop);
  const user = { projectId: shop.id, userHash: "often" };
  const add = (id: string) =>
    ledger.addLedgerEntry(user, {
      ...{ id, user: "often", reason: "Ill", actor: "root", at: 0 },
      ...{ kind: "pause", from: 19_726 },
    });
  await Promise.all(Array.from({ length: MAX_ENDED_PAUSES }, (_, index) => add(`p${index}`)));
  const end = { siteKey: "shop", reason: "Well again", userHashes: ["often"], entryId: "end", from: "2024-01-08" };
  const would = await opened.call(ROOT, "unpauseStreaks", { ...end, validateOnly: true });
  expect(would.results).toMatchObject([{ outcome: LedgerOutcome.ADDED }]);

  await add("one more");

  await expect(opened.call(ROOT, "unpauseStreaks", end)).rejects.toMatchObject({
    ...{ code: "INVALID_BODY", field: "userHashes" },
    message:
      'userHashes has "often", who has 101 pauses to end, and one entry ends at most 100. Take some of these pauses back, or leave the user out.',
  });
});
