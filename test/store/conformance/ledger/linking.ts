import { expect, it } from "vitest";
import { checkIn, DAY, daysOf, months, NOW, type OpenStore, useStore, whoIs } from "../fixture.ts";
import { entry, ODD_ENTRIES } from "./support.ts";

/** What becomes of ledgers when names are linked. */
export function describeLinkedLedgers(open: OpenStore): void {
  const current = useStore(open);
  const add = (userHash: string, id: string, fields = {}) =>
    current.store.ledger.addLedgerEntry({ projectId: "p1", userHash }, entry({ id, ...fields }));
  const read = (userHash: string) => current.store.ledger.readLedger({ projectId: "p1", userHash });
  const idsOf = async (userHash: string) => (await read(userHash)).map(({ id }) => id);
  const link = (anonymousId: string, userHash: string) => current.store.streaks.linkUser("p1", anonymousId, userHash);

  it("an alias has the ledger of its user, whichever of the two names an entry is added by", async () => {
    await link("phone", "ann");
    await link("cookie", "phone");
    expect(await add("cookie", "a")).toBe("added");
    expect(await add("ann", "a")).toBe("known");
    expect(await add("ann", "b")).toBe("added");
    expect(await add("phone", "b")).toBe("known");
    for (const name of ["cookie", "phone", "ann"]) {
      expect(await idsOf(name)).toEqual(["a", "b"]);
    }
  });

  it("a link unites the ledgers, and of two entries with one id the user's stays", async () => {
    await add("anon", "both", { reason: "the alias's", at: NOW - 1 });
    await add("anon", "of the alias", { at: NOW + 1 });
    await add("ann", "both", { reason: "the user's" });
    await add("ann", "of the user", { at: NOW + 2 });
    expect(await link("anon", "ann")).toBe(true);
    expect(await link("anon", "ann")).toBe(true);
    for (const name of ["anon", "ann"]) {
      expect(await read(name)).toEqual([
        entry({ id: "both", reason: "the user's" }),
        entry({ id: "of the alias", at: NOW + 1 }),
        entry({ id: "of the user", at: NOW + 2 }),
      ]);
    }
    expect(await add("ann", "of the alias")).toBe("known");
  });

  it("a name that has done nothing takes its ledger along, to a user of whom nothing is known", async () => {
    for (const odd of ODD_ENTRIES) {
      await current.store.ledger.addLedgerEntry({ projectId: "p1", userHash: "anon" }, odd);
    }
    expect(await link("anon", "ann")).toBe(true);
    expect(await whoIs(current.store, "anon")).toBe("ann");
    expect(await read("ann")).toEqual(ODD_ENTRIES);
  });

  it("days and ledger come along together", async () => {
    await current.store.events.record([checkIn({ userHash: "anon" }), checkIn({ day: DAY + 1 })], NOW);
    await add("anon", "a");
    await link("anon", "ann");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY, DAY + 1));
    expect(await idsOf("ann")).toEqual(["a"]);
  });

  it("a second user gets only what is added from then on", async () => {
    await add("anon", "a");
    await link("anon", "ann");
    await link("anon", "bob");
    await add("anon", "b");
    expect(await idsOf("ann")).toEqual(["a"]);
    expect(await idsOf("bob")).toEqual(["b"]);
  });

  it("entries that race a link all arrive at the user, each added once", async () => {
    for (let round = 0; round < 5; round++) {
      const [anon, ann] = [`anon ${round}`, `ann ${round}`];
      const ids = Array.from({ length: 20 }, (_, index) => `id ${index}`.padEnd(6));
      const racing = ids.map((id) => add(anon, id));
      const linked = link(anon, ann);
      racing.push(...ids.map((id) => add(anon, `${id} late`)));
      expect(new Set(await Promise.all(racing))).toEqual(new Set(["added"]));
      expect(await linked).toBe(true);
      expect((await idsOf(ann)).toSorted()).toEqual(ids.flatMap((id) => [id, `${id} late`]).toSorted());
    }
  });

  it("of two links at once that would close a circle, the one that is taken back loses no entry", async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b] = [`a ${round}`, `b ${round}`];
      await Promise.all([add(a, "of a"), add(b, "of b")]);
      await Promise.all([link(a, b), link(b, a)]);
      expect((await idsOf(a)).toSorted()).toEqual(["of a", "of b"]);
      expect((await idsOf(b)).toSorted()).toEqual(["of a", "of b"]);
    }
  });
}
