import { describe, expect, test } from "vitest";
import { AuditOutcome } from "#gen/streak/v1/audit_pb.ts";
import { LedgerOutcome } from "#gen/streak/v1/ledger_service_pb.ts";
import type { LedgerDecision, LedgerEntry } from "#src/domain/ledger.ts";
import type { Project } from "#src/domain/project.ts";
import type { AddedEntry } from "#src/store/ledger.ts";
import type { Stores } from "#src/store/stores.ts";
import { checkIn, DAY, NOW, project } from "../../store/conformance/fixture.ts";
import { type OpenAudit, openAudit, ROOT } from "../audit/support.ts";
import { MENDED, recordBroken } from "./support.ts";

const REQUEST = { siteKey: "shop", entryId: "p", reason: "Ill", from: "2024-01-04" };

/** What somebody else does to the ledger of a user just before an entry of this id is added to it. */
type Meanwhile = (stores: Stores, userHash: string, entry: LedgerEntry) => Promise<AddedEntry | undefined>;

/** Opens the methods over a store in which somebody else is faster, once for each user. */
async function openWhere(meanwhile: Meanwhile, fields: Partial<Project> = {}): Promise<OpenAudit> {
  const met = new Set<string>();
  const opened = await openAudit((stores) => ({
    ...stores,
    ledger: {
      ...stores.ledger,
      async addLedgerEntry(user, entry, size) {
        const happens = !met.has(user.userHash) && (await meanwhile(stores, user.userHash, entry));
        met.add(user.userHash);
        return happens || (await stores.ledger.addLedgerEntry(user, entry, size));
      },
    },
  }));
  await opened.stores.projects.createProject(project({ siteKey: "shop", ...fields }));
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

describe("a repair, where somebody else adds an entry with another id for the user `raced`", () => {
  const REPAIR = { siteKey: "shop", entryId: "r", reason: "Asked", event: MENDED.event };

  /** Somebody else makes a decision with the id `other`. */
  const decides = (decision: LedgerDecision): Meanwhile => adds({ id: "other", ...decision });
  const REPAIRS = decides({ kind: "repair", event: MENDED.event, from: DAY, withinDays: 3 });
  const PAUSES = decides({ kind: "pause", from: DAY + 1 });

  /** Opens such a store, with users whose streaks can be repaired. */
  async function openBroken(meanwhile: Meanwhile, users: readonly string[]): Promise<OpenAudit> {
    const opened = await openWhere(meanwhile, { id: "shop", widgets: [MENDED] });
    await recordBroken(opened.stores, "shop", users);
    return opened;
  }

  test("is refused when that was a repair: the streak is repaired once", async () => {
    const opened = await openBroken(REPAIRS, ["raced"]);
    const asked = opened.call(ROOT, "repairStreaks", { ...REPAIR, userHashes: ["raced"] });
    await expect(asked).rejects.toMatchObject({ code: "NOT_REPAIRABLE" });
    expect(await reasonOf(opened, "raced")).toEqual(["Faster"]);
    expect(await auditOutcomes(opened)).toEqual([]);
  });

  test("is refused when `raced` has become somebody whose streak has no run to repair", async () => {
    const links: Meanwhile = async ({ streaks }) => {
      await streaks.linkUser("shop", "raced", "well");
      return undefined;
    };
    const opened = await openBroken(links, ["raced"]);
    const done = [DAY - 1, DAY].map((day) =>
      checkIn({ projectId: "shop", userHash: "well", event: MENDED.event, day }),
    );
    await opened.stores.events.record(done, NOW);
    const asked = opened.call(ROOT, "repairStreaks", { ...REPAIR, userHashes: ["raced"] });
    await expect(asked).rejects.toMatchObject({ code: "NOT_REPAIRABLE" });
    expect(await reasonOf(opened, "well")).toEqual([]);
    expect(await auditOutcomes(opened)).toEqual([]);
  });

  test("is checked anew and added when that was something else", async () => {
    const opened = await openBroken(PAUSES, ["raced"]);
    const { results } = await opened.call(ROOT, "repairStreaks", { ...REPAIR, userHashes: ["raced"] });
    expect(results).toMatchObject([{ outcome: LedgerOutcome.ADDED, changes: [{ currentBefore: 0, currentAfter: 2 }] }]);
    expect(await reasonOf(opened, "raced")).toEqual(["Faster", "Asked"]);
    expect(await auditOutcomes(opened)).toEqual([AuditOutcome.DONE]);
  });

  test.each([
    ["a repair", REPAIRS],
    ["something else", PAUSES],
  ])("is refused in the middle of a request when that was %s, and can be sent again", async (_, meanwhile) => {
    const opened = await openBroken(meanwhile, ["ann", "raced"]);
    const request = { ...REPAIR, userHashes: ["ann", "raced"] };
    const asked = opened.call(ROOT, "repairStreaks", request);
    await expect(asked).rejects.toMatchObject({
      ...{ code: "NOT_REPAIRABLE", field: "userHashes" },
      message: expect.stringMatching(
        /^The ledger of "raced" has changed since it was checked, .* Send the request again/,
      ),
    });
    expect(await reasonOf(opened, "ann")).toEqual(["Asked"]);
    expect(await auditOutcomes(opened)).toEqual([AuditOutcome.UNKNOWN]);
    const again = opened.call(ROOT, "repairStreaks", request);
    if (meanwhile === REPAIRS) {
      await expect(again).rejects.toMatchObject({ code: "NOT_REPAIRABLE" });
    } else {
      expect((await again).results.map(({ outcome }) => outcome)).toEqual([LedgerOutcome.KNOWN, LedgerOutcome.ADDED]);
    }
  });
});
