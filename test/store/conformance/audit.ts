import { expect, it } from "vitest";
import type { AuditBounds, AuditEntry } from "#src/store/audit.ts";
import { MANY_CALLS_MS, NOW, type OpenStore, project, useStore } from "./fixture.ts";

/** What every `AuditStore` does. */
export function describeAuditStore(open: OpenStore): void {
  const current = useStore(open);
  const append = (...entries: AuditEntry[]) => current.store.audit.appendAuditEntries(entries);
  const idsOf = async (...args: Parameters<typeof current.store.audit.listAuditEntries>) =>
    (await current.store.audit.listAuditEntries(...args)).map(({ id }) => id);
  const all = () => idsOf({}, undefined, 1000);
  const trim = (bounds: Partial<AuditBounds>) =>
    current.store.audit.trimAuditEntries({ oldest: "", series: [], maxInAll: 1000, ...bounds });

  it("an entry comes out as it went in, also after a restart", async () => {
    const refused: AuditEntry = {
      ...{ id: "02", at: NOW, series: "|refused", outcome: "refused", actor: "anonymous" },
      ...{ method: "streak.v1.AdminService/GetProject", code: "UNAUTHORIZED", count: 3 },
    };
    await append(entry("01"), refused);
    expect(await current.store.audit.listAuditEntries({}, undefined, 10)).toEqual([refused, entry("01")]);
    await current.reopen();
    expect(await current.store.audit.listAuditEntries({}, undefined, 10)).toEqual([refused, entry("01")]);
  });

  it("appending the same entries again changes nothing, and appending none does nothing", async () => {
    await append(entry("01"), entry("02"));
    await append(entry("02", { resource: "another" }), entry("03"));
    await append();
    expect(await all()).toEqual(["03", "02", "01"]);
    expect((await current.store.audit.listAuditEntries({}, "03", 1))[0]).toEqual(entry("02"));
  });

  it("an entry is done once it is confirmed, and gone once it is taken back", async () => {
    await append(entry("01"), entry("02"), entry("03"));
    await current.store.audit.confirmAuditEntries(["01", "none"]);
    await current.store.audit.confirmAuditEntries(["01"]);
    await current.store.audit.confirmAuditEntries([]);
    await current.store.audit.removeAuditEntry("02");
    await current.store.audit.removeAuditEntry("02");
    await current.store.audit.confirmAuditEntries(["02"]);
    expect(await current.store.audit.listAuditEntries({}, undefined, 10)).toEqual([
      entry("03"),
      entry("01", { outcome: "done" }),
    ]);
  });

  it("a list is filtered by project, siteKey and actor, and by all of them together", async () => {
    await append(
      entry("01", { projectId: "p1", siteKey: "site_1", actor: "root" }),
      entry("02", { projectId: "p1", siteKey: "site_1", actor: "tok_1" }),
      entry("03", { projectId: "p2", siteKey: "site_2", actor: "root" }),
      entry("04", { projectId: "p3", siteKey: "site_1", actor: "root" }),
      { id: "05", at: NOW, series: "s", outcome: "done", actor: "tok_1", method: "m" },
    );
    expect(await idsOf({ projectId: "p1" }, undefined, 10)).toEqual(["02", "01"]);
    expect(await idsOf({ siteKey: "site_1" }, undefined, 10)).toEqual(["04", "02", "01"]);
    expect(await idsOf({ actor: "tok_1" }, undefined, 10)).toEqual(["05", "02"]);
    expect(await idsOf({ siteKey: "site_1", actor: "root" }, undefined, 10)).toEqual(["04", "01"]);
    expect(await idsOf({ projectId: "p1", siteKey: "site_1", actor: "root" }, undefined, 10)).toEqual(["01"]);
    expect(await idsOf({ projectId: "p1", actor: "none" }, undefined, 10)).toEqual([]);
    expect(await idsOf({ projectId: "p1" }, "02", 10)).toEqual(["01"]);
  });

  it("pages go from the newest to the oldest, and entries that are added meanwhile do not move them", async () => {
    await append(...["01", "02", "03", "04", "05"].map((id) => entry(id)));
    expect(await idsOf({}, undefined, 2)).toEqual(["05", "04"]);
    await append(entry("06"), entry("07"));
    expect(await idsOf({}, "04", 2)).toEqual(["03", "02"]);
    expect(await idsOf({}, "02", 2)).toEqual(["01"]);
    expect(await idsOf({}, "01", 2)).toEqual([]);
    expect(await idsOf({}, undefined, 1)).toEqual(["07"]);
  });

  it("trimming removes what is older, and of a series what is over its bound, the oldest first", async () => {
    await append(
      ...["01", "02", "05", "07", "08"].map((id) => entry(id, { series: "a" })),
      ...["03", "04", "06"].map((id) => entry(id, { series: "b" })),
    );
    await trim({ oldest: "02" });
    expect(await all()).toEqual(["08", "07", "06", "05", "04", "03", "02"]);
    await trim({
      series: [
        { name: "a", keep: 2 },
        { name: "none", keep: 1 },
      ],
    });
    expect(await all()).toEqual(["08", "07", "06", "04", "03"]);
    await trim({ series: ["a", "b"].map((name) => ({ name, keep: 3 })) });
    expect(await all()).toEqual(["08", "07", "06", "04", "03"]);
  });

  it(
    "what is over the bound in all comes off the largest series, so that none pushes out the others",
    async () => {
      const loud = Array.from({ length: 30 }, (_, index) =>
        entry(`1${String(index).padStart(2, "0")}`, { series: "x" }),
      );
      await append(entry("01", { series: "a" }), entry("02", { series: "b" }), entry("03", { series: "b" }), ...loud);
      await trim({ maxInAll: 10 });
      expect(await all()).toEqual(["129", "128", "127", "126", "125", "124", "03", "02", "01"]);
      await trim({ maxInAll: 9 });
      expect(await all()).toHaveLength(9);
      await trim({ maxInAll: 6 });
      expect(await all()).toEqual(["129", "128", "03", "02", "01"]);
    },
    MANY_CALLS_MS,
  );

  it(
    "trimming removes many entries, and none that is added meanwhile",
    async () => {
      const idsFrom = (first: number) => Array.from({ length: 1100 }, (_, index) => String(first + index));
      await append(...idsFrom(10_000).map((id) => entry(id, { series: "a" })));
      await append(...idsFrom(20_000).map((id) => entry(id, { series: "b" })));
      await Promise.all([
        trim({ oldest: "11000", series: [{ name: "b", keep: 1 }], maxInAll: 10_000 }),
        append(entry("30000", { series: "c" })),
      ]);
      expect(await idsOf({}, undefined, 1000)).toEqual(["30000", "21099", ...idsFrom(10_000).slice(-100).toReversed()]);
    },
    MANY_CALLS_MS,
  );

  it("the entries of a deleted project stay", async () => {
    await current.store.projects.createProject(project());
    await append(entry("01"));
    await current.store.projects.deleteProject(project());
    expect(await idsOf({ projectId: "p1" }, undefined, 10)).toEqual(["01"]);
  });
}

/** The entry of a change of project `p1`, unless said otherwise. */
function entry(id: string, fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    ...{ id, at: NOW, series: "p1|UpdateProject", outcome: "unknown", projectId: "p1", siteKey: "site_1" },
    ...{ actor: "tok_1", actorName: "Ünï's “token”", address: "2001:db8::1", requestId: "r.1" },
    ...{ method: "streak.v1.AdminService/UpdateProject", resource: "projects/site_1" },
    ...{ before: '{"$a.b":1}', after: '{"__proto__":{"é":"🦊"}}', clipped: ["widgets"] },
    ...fields,
  };
}
