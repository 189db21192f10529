import { expect, it } from "vitest";
import { NOW, type OpenStore, project, useStore } from "../fixture.ts";
import { entry, ODD_ENTRIES } from "./support.ts";

/** Adding entries to the ledger of one user. */
export function describeAdding(open: OpenStore): void {
  const current = useStore(open);
  const ann = { projectId: "p1", userHash: "ann" };
  const add = (fields: Parameters<typeof entry>[0], user = ann) =>
    current.store.ledger.addLedgerEntry(user, entry(fields));
  const read = (user = ann) => current.store.ledger.readLedger(user);

  it("an entry is there when it was added, also after a restart", async () => {
    expect(await read()).toEqual([]);
    expect(await add({ id: "a" })).toBe("added");
    expect(await read()).toEqual([entry({ id: "a" })]);
    await current.reopen();
    expect(await read()).toEqual([entry({ id: "a" })]);
    expect(await add({ id: "a" })).toBe("known");
  });

  it("an entry for a ledger of a size is added only to such a ledger, also when several come at once", async () => {
    const { ledger } = current.store;
    const addAt = (size: number, id: string) => ledger.addLedgerEntry(ann, entry({ id }), size);
    expect(await addAt(1, "a")).toBe("changed");
    const first = await Promise.all(["a", "b", "c"].map((id) => addAt(0, id)));
    expect(first.toSorted()).toEqual(["added", "changed", "changed"]);
    expect(await addAt(0, "d")).toBe("changed");
    await add({ id: "e" });
    expect(await addAt(1, "d")).toBe("changed");
    expect(await addAt(2, "d")).toBe("added");
    expect(await addAt(0, "d")).toBe("known");
    expect(await read()).toHaveLength(3);
  });

  it("an entry for a ledger of a size is not added to the ledger of another user, whom the name is an alias of", async () => {
    const { ledger, streaks } = current.store;
    const anon = { ...ann, userHash: "anon" };
    expect(await streaks.linkUser("p1", "anon", "ann")).toBe(true);
    expect(await ledger.addLedgerEntry(anon, entry({ id: "a" }), 0)).toBe("changed");
    expect(await read()).toEqual([]);
    expect(await ledger.addLedgerEntry(ann, entry({ id: "a" }), 0)).toBe("added");
    expect(await ledger.addLedgerEntry(anon, entry({ id: "a" }), 1)).toBe("known");
    expect(await add({ id: "b" }, anon)).toBe("added");
  });

  it("an entry whose id is there changes nothing, whatever it says", async () => {
    await add({ id: "a" });
    const other = entry(
      { id: "a", reason: "another", at: NOW + 1 },
      { kind: "takeBack", entry: { id: "a", user: "ann" } },
    );
    expect(await current.store.ledger.addLedgerEntry(ann, other)).toBe("known");
    expect(await read()).toEqual([entry({ id: "a" })]);
  });

  it("entries are in the order of their time, and of their ids where that is the same", async () => {
    for (const [id, at] of [
      ["b", NOW],
      ["c", NOW - 1],
      ["10", NOW],
      ["a", NOW],
      ["9", NOW],
      ["0", NOW + 1],
    ] as const) {
      expect(await add({ id, at })).toBe("added");
    }
    expect((await read()).map(({ id }) => id)).toEqual(["c", "10", "9", "a", "b", "0"]);
  });

  it("entries of every kind come back as they were added, whatever texts are in them", async () => {
    for (const odd of ODD_ENTRIES) {
      expect(await current.store.ledger.addLedgerEntry(ann, odd)).toBe("added");
    }
    expect(await read()).toEqual(ODD_ENTRIES);
    for (const odd of ODD_ENTRIES) {
      expect(await current.store.ledger.addLedgerEntry(ann, odd)).toBe("known");
    }
  });

  it("a ledger is its user's own, in its project", async () => {
    const users = [
      ...["ann", "", "an", "ann|", "ann|like", "ann%7C", "$ann.b", "__proto__", "🦊"].map((userHash) => ({
        projectId: "p1",
        userHash,
      })),
      { projectId: "p2", userHash: "ann" },
      { projectId: "p1|ann", userHash: "ann" },
    ];
    for (const [index, user] of users.entries()) {
      expect(await add({ id: "a", at: index }, user)).toBe("added");
    }
    for (const [index, user] of users.entries()) {
      expect(await read(user)).toEqual([entry({ id: "a", at: index })]);
    }
  });

  it("of entries with one id that come at once, one is added, and it is the one that stays", async () => {
    for (let round = 0; round < 10; round++) {
      const reasons = Array.from({ length: 8 }, (_, index) => `reason ${index}`);
      const user = { ...ann, userHash: `user ${round}` };
      const outcomes = await Promise.all(reasons.map((reason) => add({ id: "a", reason }, user)));
      expect(outcomes.toSorted()).toEqual(["added", ...Array(7).fill("known")]);
      expect(await read(user)).toEqual([entry({ id: "a", reason: reasons[outcomes.indexOf("added")] as string })]);
    }
  });

  it("the ledgers of a project go with it", async () => {
    await current.store.projects.createProject(project());
    await add({ id: "a" });
    await add({ id: "a" }, { ...ann, userHash: "looks" });
    await add({ id: "a" }, { ...ann, projectId: "p2" });
    await current.store.projects.deleteProject(project());
    expect(await read()).toEqual([]);
    expect(await read({ ...ann, userHash: "looks" })).toEqual([]);
    expect(await read({ ...ann, projectId: "p2" })).toEqual([entry({ id: "a" })]);
  });
}
