import { expect, test } from "vitest";
import { AuditOutcome } from "#gen/streak/v1/audit_pb.ts";
import { LedgerOutcome } from "#gen/streak/v1/ledger_service_pb.ts";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import type { AddedEntry } from "#src/store/ledger.ts";
import type { Stores } from "#src/store/stores.ts";
import { project } from "../../store/conformance/fixture.ts";
import { type OpenAudit, openAudit, ROOT } from "../audit/support.ts";

const REQUEST = { siteKey: "shop", entryId: "p", reason: "Ill", from: "2024-01-04" };

/** What somebody else does to the ledger of a user just before an entry of this id is added to it. */
type Meanwhile = (stores: Stores, userHash: string, entry: LedgerEntry) => Promise<AddedEntry | undefined>;

/** Opens the methods over a store in which somebody else is faster, once for each user. */
async function openWhere(meanwhile: Meanwhile): Promise<OpenAudit> {
  const met = new Set<string>();
  const opened = await openAudit((stores) => ({
    ...stores,
    ledger: {
      ...stores.ledger,
      async addLedgerEntry(user, entry) {
        const happens = !met.has(user.userHash) && (await meanwhile(stores, user.userHash, entry));
        met.add(user.userHash);
        return happens || (await stores.ledger.addLedgerEntry(user, entry));
      },
    },
  }));
  await opened.stores.projects.createProject(project({ siteKey: "shop" }));
  return opened;
}

/** Somebody else adds an entry with the same id for the user `raced`. */
const adds =
  (other: Partial<LedgerEntry>): Meanwhile =>
  async ({ ledger, projects }, userHash, entry) => {
    const shop = await projects.readProject("shop");
    if (userHash === "raced" && shop !== undefined) {
      const added = { ...entry, reason: "Faster", ...other } as LedgerEntry;
      await ledger.addLedgerEntry({ projectId: shop.id, userHash }, added);
    }
    return undefined;
  };

const SAME = adds({});
const OTHER = adds({ from: 19_000 });
const FULL: Meanwhile = async (_, userHash) => (userHash === "raced" ? "full" : undefined);

async function auditOutcomes(opened: OpenAudit): Promise<AuditOutcome[]> {
  const { entries } = await opened.call(ROOT, "listAuditEntries", {});
  return entries.map(({ outcome }) => outcome);
}

const reasonOf = async (opened: OpenAudit, userHash: string) =>
  (await opened.call(ROOT, "listLedgerEntries", { siteKey: "shop", userHash })).entries.map(({ reason }) => reason);

test("an entry that the same request has added meanwhile is known", async () => {
  const opened = await openWhere(SAME);
  const { results } = await opened.call(ROOT, "pauseStreaks", { ...REQUEST, userHashes: ["ann", "raced", "bob"] });
  expect(results.map(({ outcome }) => outcome)).toEqual([
    LedgerOutcome.ADDED,
    LedgerOutcome.KNOWN,
    LedgerOutcome.ADDED,
  ]);
  expect([await reasonOf(opened, "ann"), await reasonOf(opened, "raced")]).toEqual([["Ill"], ["Faster"]]);
  expect(await auditOutcomes(opened)).toEqual([AuditOutcome.DONE]);
});

test("a request that adds nothing, because the same one was faster, leaves no entry in the audit log", async () => {
  const opened = await openWhere(SAME);
  const { results } = await opened.call(ROOT, "pauseStreaks", { ...REQUEST, userHashes: ["raced"] });
  expect(results).toMatchObject([{ outcome: LedgerOutcome.KNOWN, changes: [] }]);
  expect(await auditOutcomes(opened)).toEqual([]);
});

test.each([
  [
    "another entry with the id",
    OTHER,
    "ALREADY_EXISTS",
    /^The ledger of "raced" has another entry with the entryId "p"\./,
  ],
  ["a ledger that is full by now", FULL, "TOO_MANY_LEDGER_ENTRIES", /^The ledger of "raced" has 1000 entries/],
])(
  "%s is refused in the middle of a request, which says so and stays in the audit log",
  async (_, meanwhile, code, text) => {
    const opened = await openWhere(meanwhile);
    const asked = opened.call(ROOT, "pauseStreaks", { ...REQUEST, userHashes: ["ann", "raced"] });
    await expect(asked).rejects.toMatchObject({ code, message: expect.stringMatching(text) });
    await expect(asked).rejects.toThrow(/so other users may have got their entry\./);
    expect(await reasonOf(opened, "ann")).toEqual(["Ill"]);
    expect(await auditOutcomes(opened)).toEqual([AuditOutcome.UNKNOWN]);
  },
);

test("another entry with the id is refused as if it had been there before, where nothing was added", async () => {
  const opened = await openWhere(OTHER);
  const asked = opened.call(ROOT, "pauseStreaks", { ...REQUEST, userHashes: ["raced"] });
  await expect(asked).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  await expect(asked).rejects.toThrow(/Nothing was added, for any user\./);
  expect(await auditOutcomes(opened)).toEqual([]);
});
