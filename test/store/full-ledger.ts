import { expect } from "vitest";
import { MAX_LEDGER_ENTRIES } from "#src/domain/ledger.ts";
import type { LedgerStore } from "#src/store/ledger.ts";
import type { Stores } from "#src/store/stores.ts";
import { entry } from "./conformance/ledger/support.ts";

/** The ids of as many entries as {@link expectFull} wants there to be. */
export const NEARLY_FULL = Array.from({ length: MAX_LEDGER_ENTRIES - 5 }, (_, index) => `id ${index}`);

/**
 * Expects that the ledger of `ann` in `p1`, which has the entries of `NEARLY_FULL`, takes five more, whoever adds them,
 * and that only a link brings more.
 *
 * @param stores one or more instances on the same database
 */
export async function expectFull(stores: readonly Stores[]): Promise<void> {
  let calls = 0;
  const ledger = (): LedgerStore => (stores[calls++ % stores.length] as Stores).ledger;
  const add = (id: string, userHash = "ann") => ledger().addLedgerEntry({ projectId: "p1", userHash }, entry({ id }));
  const idsOf = async () => (await ledger().readLedger({ projectId: "p1", userHash: "ann" })).map(({ id }) => id);

  const last = Array.from({ length: 12 }, (_, index) => `last ${index}`);
  const outcomes = await Promise.all(last.map((id) => add(id)));
  expect(outcomes.toSorted()).toEqual([...Array(5).fill("added"), ...Array(7).fill("full")]);
  const added = last.filter((_, index) => outcomes[index] === "added");
  expect((await idsOf()).toSorted()).toEqual([...NEARLY_FULL, ...added].toSorted());
  expect(await add("id 0")).toBe("known");
  expect(await add("one more")).toBe("full");

  expect(await add("one more", "anon")).toBe("added");
  expect(await add("id 7", "anon")).toBe("added");
  await (stores[0] as Stores).streaks.linkUser("p1", "anon", "ann");
  expect((await idsOf()).toSorted()).toEqual([...NEARLY_FULL, ...added, "one more"].toSorted());
  expect(await add("another")).toBe("full");
}
