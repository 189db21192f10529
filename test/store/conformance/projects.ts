import { expect, it } from "vitest";
import type { Project, SigningSecret } from "#src/domain/project.ts";
import type { StoredEvent } from "#src/store/events.ts";
import {
  checkIn,
  DAY,
  daysOf,
  decision,
  impression,
  months,
  NOW,
  type OpenStore,
  project,
  useStore,
  whoIs,
} from "./fixture.ts";

/** The first is the one that the fixture's project has. */
function signingSecret(id: string): SigningSecret {
  return { id, secret: `ss_${id.slice(1)}`, createTime: NOW };
}

/** What every `ProjectStore` does. */
export function describeProjectStore(open: OpenStore): void {
  const current = useStore(open);

  it("a project comes out as it went in, also after a restart", async () => {
    expect(await current.store.projects.createProject(project())).toBe(true);
    expect(await current.store.projects.readProject("site_1")).toStrictEqual(project());
    await current.reopen();
    expect(await current.store.projects.readProject("site_1")).toStrictEqual(project());
  });

  it("a siteKey that is not there is undefined", async () => {
    expect(await current.store.projects.readProject("site_1")).toBeUndefined();
  });

  it("a siteKey that is taken is refused, and the project that has it stays as it is", async () => {
    await current.store.projects.createProject(project());
    expect(await current.store.projects.createProject(project({ id: "p2", name: "Another" }))).toBe(false);
    expect(await current.store.projects.readProject("site_1")).toStrictEqual(project());
  });

  it("of several creations at once with one siteKey, one succeeds", async () => {
    const created = await Promise.all(
      ["p1", "p2", "p3"].map((id) => current.store.projects.createProject(project({ id, name: id }))),
    );
    expect(created.filter(Boolean)).toHaveLength(1);
    const winner = ["p1", "p2", "p3"][created.indexOf(true)];
    expect((await current.store.projects.readProject("site_1"))?.id).toBe(winner);
  });

  it("a list goes by siteKey in code unit order, a page at a time", async () => {
    const ordered = ["-", "0", "A", "Z", "_", "a", "aa", "b"];
    for (const siteKey of [...ordered].reverse()) {
      await current.store.projects.createProject(project({ id: siteKey, siteKey }));
    }
    const page = async (after: string, limit: number) =>
      (await current.store.projects.listProjects(after, limit)).map(({ siteKey }) => siteKey);

    expect(await page("", 100)).toEqual(ordered);
    expect(await page("", 3)).toEqual(["-", "0", "A"]);
    expect(await page("A", 3)).toEqual(["Z", "_", "a"]);
    expect(await page("a", 3)).toEqual(["aa", "b"]);
    expect(await page("B", 1)).toEqual(["Z"]);
    expect(await page("b", 3)).toEqual([]);
  });

  it("a change changes the fields that it names and no other", async () => {
    await current.store.projects.createProject(project());
    const expected = project({ live: false, widgets: [] });
    expect(await current.store.projects.updateProject(project(), { live: false, widgets: [] })).toStrictEqual(expected);
    expect(await current.store.projects.readProject("site_1")).toStrictEqual(expected);
  });

  it("a rate limit is set, and is gone when it is taken away", async () => {
    const rateLimit = { requestsPerSecond: 50, burst: 100 };
    await current.store.projects.createProject(project());
    for (const expected of [project({ rateLimit }), project()]) {
      const { rateLimit: changed = null } = expected;
      expect(await current.store.projects.updateProject(project(), { rateLimit: changed })).toStrictEqual(expected);
      expect(await current.store.projects.readProject("site_1")).toStrictEqual(expected);
    }
  });

  it("changes of different fields at once all hold", async () => {
    await current.store.projects.createProject(project());
    await Promise.all([
      current.store.projects.updateProject(project(), { name: "New" }),
      current.store.projects.updateProject(project(), { live: false }),
      current.store.projects.updateProject(project(), { timeZone: "UTC" }),
    ]);
    expect(await current.store.projects.readProject("site_1")).toStrictEqual(
      project({ name: "New", live: false, timeZone: "UTC" }),
    );
  });

  it("a change that expects an etag is made only while the project has it", async () => {
    const { projects } = current.store;
    await projects.createProject(project());
    const changed = project({ name: "New", etag: "e2" });
    expect(await projects.updateProject(project(), { name: "New", etag: "e2" }, project())).toStrictEqual(changed);
    for (const stale of [project(), {}]) {
      expect(await projects.updateProject(project(), { name: "Newer", etag: "e3" }, stale)).toBe("changed");
      expect(await projects.updateProject(project(), {}, stale)).toBe("changed");
    }
    expect(await projects.readProject("site_1")).toStrictEqual(changed);
    expect(await projects.updateProject(project(), {}, changed)).toStrictEqual(changed);
    expect(await projects.updateProject(project(), { etag: "e3" })).toStrictEqual({ ...changed, etag: "e3" });
    expect(await projects.updateProject(project({ id: "p2" }), { etag: "e4" }, { etag: "e3" })).toBeUndefined();
    expect(await projects.updateProject(project({ siteKey: "none" }), { etag: "e4" }, { etag: "e3" })).toBeUndefined();
  });

  it("a project without an etag, from before there were any, can be expected to have none", async () => {
    const { etag, ...old } = project();
    const { projects } = current.store;
    await projects.createProject(old);
    expect(await projects.updateProject(old, { name: "New" }, { etag: "e1" })).toBe("changed");
    expect(await projects.updateProject(old, { name: "New", etag: "e1" }, {})).toStrictEqual(project({ name: "New" }));
  });

  it("of many changes at once that expect the same etag, one is made", async () => {
    const { projects } = current.store;
    await projects.createProject(project());
    const names = ["a", "b", "c", "d", "e"];
    const outcomes = await Promise.all(
      names.map((name) => projects.updateProject(project(), { name, etag: `of ${name}` }, project())),
    );
    const made = outcomes.filter((outcome) => outcome !== "changed");
    expect(made).toHaveLength(1);
    expect(await projects.readProject("site_1")).toStrictEqual(made[0]);
  });

  it("a change of a project that is not there makes none", async () => {
    expect(await current.store.projects.updateProject(project(), { live: false })).toBeUndefined();
    expect(await current.store.projects.readProject("site_1")).toBeUndefined();
  });

  it("a change and a deletion are for one project, and not for the one that has its siteKey now", async () => {
    const { projects } = current.store;
    await projects.createProject(project({ id: "p2" }));
    expect(await projects.updateProject(project(), { live: false })).toBeUndefined();
    expect(await projects.updateProject(project(), {})).toBeUndefined();
    expect(await projects.deleteProject(project())).toBe(false);
    expect(await projects.deleteProject({ siteKey: "site_1" })).toBe(false);
    expect(await projects.readProject("site_1")).toStrictEqual(project({ id: "p2" }));
  });

  it("a project has room for two signing secrets, the oldest first, and refuses a third", async () => {
    const { projects } = current.store;
    await projects.createProject(project());
    const [first, second, third] = [signingSecret("s1"), signingSecret("s2"), signingSecret("s3")];
    expect(await projects.addSigningSecret(project(), second)).toBe("added");
    expect(await projects.addSigningSecret(project(), third)).toBe("full");
    // A secret that is there was added, though the answer was lost.
    expect(await projects.addSigningSecret(project(), second)).toBe("added");
    expect(await projects.readProject("site_1")).toStrictEqual(project({ signingSecrets: [first, second] }));
    expect(await projects.addSigningSecret(project({ siteKey: "site_2" }), third)).toBeUndefined();
    expect(await projects.readProject("site_2")).toBeUndefined();
    // Another project, which has the siteKey of one that was deleted.
    await projects.deleteProject(project());
    await projects.createProject(project({ id: "p2", signingSecrets: [] }));
    expect(await projects.addSigningSecret(project(), third)).toBeUndefined();
    expect(await projects.readProject("site_1")).toStrictEqual(project({ id: "p2", signingSecrets: [] }));
  });

  it("a project from before there were signed users has none, and no signing secret until one is added", async () => {
    const { projects } = current.store;
    const { signedUsers: _, signingSecrets: __, ...old } = project();
    await projects.createProject(old as Project);
    const read = project({ signedUsers: "never", signingSecrets: [] });
    expect(await projects.readProject("site_1")).toStrictEqual(read);
    expect(await projects.listProjects("", 1)).toStrictEqual([read]);
    expect(await projects.removeSigningSecret("site_1", "s1")).toBe(false);
    expect(await projects.addSigningSecret(project(), signingSecret("s1"))).toBe("added");
    expect(await projects.updateProject(project(), { signedUsers: "browsers" })).toStrictEqual(project());
  });

  it("a project from before there were analytics keeps no repeats and counts no keys until it is changed", async () => {
    const { projects } = current.store;
    const { analytics, ...old } = project();
    await projects.createProject(old as Project);
    const read = project({ analytics: { keepRepeats: false, metaKeys: [] } });
    expect(await projects.readProject("site_1")).toStrictEqual(read);
    expect(await projects.listProjects("", 1)).toStrictEqual([read]);
    expect(await projects.updateProject(project(), { name: "Another" })).toStrictEqual({ ...read, name: "Another" });
    expect(await projects.updateProject(project(), { name: project().name, analytics })).toStrictEqual(project());
  });

  it("a project from before there were rules has no lists of holidays until it is changed", async () => {
    const { projects } = current.store;
    const { holidays, ...old } = project({ widgets: [] });
    await projects.createProject(old as Project);
    expect(await projects.readProject("site_1")).toStrictEqual(project({ widgets: [], holidays: [] }));
    expect(await projects.listProjects("", 1)).toStrictEqual([project({ widgets: [], holidays: [] })]);
    const { widgets } = project();
    expect(await projects.updateProject(project(), { widgets, holidays })).toStrictEqual(project());
    await current.reopen();
    expect(await current.store.projects.readProject("site_1")).toStrictEqual(project());
  });

  it("rules and lists of holidays are changed alone, and can be taken away", async () => {
    const { projects } = current.store;
    await projects.createProject(project());
    const [plain] = project().widgets;
    const widgets = plain === undefined ? [] : [plain];
    expect(await projects.updateProject(project(), { widgets })).toStrictEqual(project({ widgets }));
    expect(await projects.updateProject(project(), { holidays: [] })).toStrictEqual(project({ widgets, holidays: [] }));
    expect(await projects.readProject("site_1")).toStrictEqual(project({ widgets, holidays: [] }));
  });

  it("a project from before there were amnesties has none until one is declared", async () => {
    const { projects } = current.store;
    const { amnesties, ...old } = project();
    await projects.createProject(old as Project);
    expect(await projects.readProject("site_1")).toStrictEqual(project({ amnesties: [] }));
    expect(await projects.listProjects("", 1)).toStrictEqual([project({ amnesties: [] })]);
    expect(await projects.updateProject(project(), { amnesties })).toStrictEqual(project());
    await current.reopen();
    expect(await current.store.projects.readProject("site_1")).toStrictEqual(project());
  });

  it("amnesties are changed alone, and a change of other fields leaves them", async () => {
    const { projects } = current.store;
    await projects.createProject(project({ amnesties: [] }));
    const [first] = project().amnesties;
    const amnesties = first === undefined ? [] : [first];
    expect(await projects.updateProject(project(), { amnesties })).toStrictEqual(project({ amnesties }));
    expect(await projects.updateProject(project(), { live: false })).toStrictEqual(project({ amnesties, live: false }));
    expect(await projects.readProject("site_1")).toStrictEqual(project({ amnesties, live: false }));
  });

  it("amnesties that are added at once to what was read are all kept, since those who lose try again", async () => {
    const { projects } = current.store;
    await projects.createProject(project({ amnesties: [] }));
    const ids = ["a", "b", "c", "d"];
    const add = async (id: string): Promise<void> => {
      const read = (await projects.readProject("site_1")) as Project;
      const amnesties = [...read.amnesties, { id, from: DAY, to: DAY, declared: decision() }];
      if ((await projects.updateProject(read, { amnesties, etag: `of ${id}` }, read)) === "changed") {
        await add(id);
      }
    };
    await Promise.all(ids.map(add));
    const read = await projects.readProject("site_1");
    expect(read?.amnesties.map(({ id }) => id).toSorted()).toEqual(ids);
  });

  it("a signing secret that is removed makes room, and no other field changes", async () => {
    const { projects } = current.store;
    await projects.createProject(project());
    await projects.addSigningSecret(project(), signingSecret("s2"));
    expect(await projects.removeSigningSecret("site_1", "s1")).toBe(true);
    expect(await projects.removeSigningSecret("site_1", "s1")).toBe(false);
    expect(await projects.removeSigningSecret("site_2", "s2")).toBe(false);
    expect(await projects.readProject("site_1")).toStrictEqual(project({ signingSecrets: [signingSecret("s2")] }));
    expect(await projects.addSigningSecret(project(), signingSecret("s3"))).toBe("added");
    await current.reopen();
    const read = await current.store.projects.readProject("site_1");
    expect(read?.signingSecrets).toStrictEqual([signingSecret("s2"), signingSecret("s3")]);
  });

  it("of many signing secrets that are added at once, as many are added as there is room for", async () => {
    const { projects } = current.store;
    await projects.createProject(project({ signingSecrets: [] }));
    const ids = ["s1", "s2", "s3", "s4", "s5"];
    const changes = ids.map((id) => projects.addSigningSecret(project(), signingSecret(id)));
    const [results] = await Promise.all([Promise.all(changes), projects.updateProject(project(), { live: false })]);
    const added = ids.filter((_, index) => results[index] === "added");
    const read = await projects.readProject("site_1");
    expect(added).toHaveLength(2);
    expect(read?.signingSecrets.map(({ id }) => id).toSorted()).toEqual(added);
    expect(read?.live).toBe(false);
  });

  it("a deleted project takes along everything recorded for it, and nothing of another", async () => {
    const recorded = [
      checkIn({ idempotencyKey: "k", tz: "Asia/Tokyo" }),
      checkIn({ userHash: "anon" }),
      checkIn({ type: "widget_impression", id: "seen" }),
    ];
    const others = recorded.map((event) => ({ ...event, projectId: "p2" }));
    await current.store.projects.createProject(project());
    await current.store.projects.createProject(project({ id: "p2", siteKey: "site_2" }));
    await current.store.events.record([...recorded, ...others], NOW);
    await current.store.streaks.linkUser("p1", "anon", "ann");
    await current.store.streaks.linkUser("p2", "anon", "ann");

    expect(await current.store.projects.deleteProject(project())).toBe(true);

    expect(await current.store.projects.readProject("site_1")).toBeUndefined();
    expect(await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).toEqual({ days: {} });
    expect(await whoIs(current.store, "anon")).toBe("anon");
    // Neither a day, a key, an alias nor an event is left that would make one of them a repeat.
    expect(await current.store.events.record(recorded, NOW)).toEqual(["stored", "stored", "stored"]);

    expect(await current.store.projects.readProject("site_2")).toBeDefined();
    expect(await daysOf(current.store, "anon", "like", "p2")).toEqual(months(DAY));
    const [keyed, ...rest] = others.map((event, index) => (index === 0 ? { ...event, id: "another" } : event));
    expect(await current.store.events.record([keyed as StoredEvent, ...rest], NOW)).toEqual([
      "replayed",
      "moved",
      "repeat",
    ]);
  });

  it("a deleted project takes along nothing of projects whose ids begin alike", async () => {
    const others = ["", "p", "p1|", "p1|ann", "p1}", "p1%7C", "p10"].flatMap((projectId, index) => [
      checkIn({ projectId, idempotencyKey: "k" }),
      impression({ projectId, id: `seen ${index}` }),
    ]);
    await current.store.projects.createProject(project());
    await current.store.events.record([checkIn(), ...others], NOW);
    expect(await current.store.projects.deleteProject(project())).toBe(true);
    expect(await daysOf(current.store, "ann")).toEqual({});
    const keyed = others.map((event) => ({ ...event, id: "another", idempotencyKey: "k", day: DAY + 1 }));
    const outcomes = await current.store.events.record(
      [...others.filter(({ type }) => type !== "streak_interaction"), ...keyed],
      NOW,
    );
    expect(outcomes).toEqual([...Array(7).fill("repeat"), ...Array(14).fill("replayed")]);
  });

  it("the siteKey of a deleted project is free for a new one", async () => {
    await current.store.projects.createProject(project());
    await current.store.projects.deleteProject(project());
    expect(await current.store.projects.deleteProject(project())).toBe(false);
    expect(await current.store.projects.createProject(project({ id: "p2" }))).toBe(true);
    expect(await current.store.projects.readProject("site_1")).toStrictEqual(project({ id: "p2" }));
  });
}
