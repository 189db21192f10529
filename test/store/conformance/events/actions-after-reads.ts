import { expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { checkIn, DAY, MANY_CALLS_MS, NOW, type OpenStore, recordResolved, useStore } from "../fixture.ts";

/** That a count is right whatever was counted before: a store may keep what it has counted. */
export function describeActionsAfterReads(open: OpenStore): void {
  const current = useStore(open);
  const act = (action: string, fields: Partial<StoredEvent> = {}) => checkIn({ action, ...fields });
  const record = (...batch: StoredEvent[]) => current.store.events.record(batch, NOW);
  const read = (userHash: string, asked: "total" | "of_days", projectId = "p1") =>
    current.store.streaks.readStreak({ projectId, userHash }, "like", asked);

  /** Expects a user to have so many actions beyond the first of each day, also when they are read again. */
  async function expectTotal(beyondFirst: number, userHash = "ann"): Promise<void> {
    for (const asked of ["total", "total", "of_days", "total"] as const) {
      const { actions } = await read(userHash, asked);
      expect(actions?.beyondFirst ?? 0, asked).toBe(beyondFirst);
    }
  }

  it("a late action counts once, in whichever month", async () => {
    const days = [DAY, DAY - 31, DAY - 62, DAY - 500];
    await record(...days.flatMap((day) => [act("a", { day }), act("b", { day })]));
    await expectTotal(4);
    for (const [index, day] of days.entries()) {
      const late = [act("late", { day }), act("first", { day: day + 1 }), act("second", { day: day + 1 })];
      expect(await record(...late)).toEqual(["stored", "stored", "stored"]);
      await expectTotal(4 + 2 * (index + 1));
      expect(await record(...late)).toEqual(["repeat", "repeat", "repeat"]);
      await expectTotal(4 + 2 * (index + 1));
    }
  });

  it("days count whatever their number is, also when they get another action", async () => {
    const days = [-719_162, -1, 0, 9_999, 10_000, DAY, 99_971, 99_999, 100_000, 2_932_896];
    await record(...days.flatMap((day) => [act("a", { day }), act("b", { day })]));
    await expectTotal(days.length);
    for (const [index, day] of days.entries()) {
      await record(act("c", { day }));
      await expectTotal(days.length + index + 1);
    }
  });

  it("an event that is no action changes nothing, be its day new, known, or a day of another zone", async () => {
    await record(act("a", { tz: "UTC" }), act("b", { tz: "UTC" }));
    await expectTotal(1);
    await record(
      checkIn({ day: DAY + 1, tz: "UTC" }),
      checkIn({ tz: "UTC" }),
      checkIn({ day: DAY + 2, tz: "Asia/Tokyo" }),
    );
    await expectTotal(1);
    await record(act("a", { day: DAY + 1, tz: "UTC" }), act("b", { day: DAY + 1, tz: "Asia/Tokyo" }));
    await expectTotal(2);
  });

  it("actions of other users and events are not counted, and leave what was counted", async () => {
    await record(act("a"), act("b"), act("a", { userHash: "bob" }), act("b", { userHash: "bob" }));
    await expectTotal(1);
    await record(act("c", { userHash: "bob" }), act("a", { event: "visit" }), act("b", { event: "visit" }));
    await expectTotal(1);
    await expectTotal(2, "bob");
  });

  it("a link brings the actions of the alias, and what the alias does later", async () => {
    for (const userHash of ["ann", "phone", "cookie"]) {
      const own = [act("a", { userHash }), act(userHash, { userHash }), act("a", { userHash, day: DAY - 40 })];
      await record(...own, act(userHash, { userHash, day: DAY - 40 }));
      await expectTotal(2, userHash);
    }
    await current.store.streaks.linkUser("p1", "cookie", "phone");
    await expectTotal(4, "phone");
    await expectTotal(4, "cookie");
    await current.store.streaks.linkUser("p1", "phone", "ann");
    for (const name of ["ann", "phone", "cookie"]) {
      await expectTotal(6, name);
    }
    await recordResolved(current.store, [act("late", { userHash: "cookie", day: DAY - 40 })]);
    await recordResolved(current.store, [act("late", { userHash: "phone" })]);
    for (const name of ["ann", "phone", "cookie"]) {
      await expectTotal(8, name);
    }
  });

  it("actions count after the user was read without them, and by their own event", async () => {
    await record(act("a"), act("b"));
    expect((await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).actions).toBe(
      undefined,
    );
    await expectTotal(1);
    const visits = await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "visit", "total");
    expect(visits).toEqual({ days: {} });
    await record(act("a", { event: "visit" }), act("b", { event: "visit" }), act("c", { event: "visit" }));
    const after = await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "visit", "total");
    expect(after.actions).toEqual({ beyondFirst: 2 });
    await expectTotal(1);
  });

  it(
    "no action is lost when it comes while its user is read",
    async () => {
      for (let round = 0; round < 10; round++) {
        const day = DAY - 20 * round;
        await record(act("first", { day }));
        const late = ["a", "b", "c", "d"].map((action) => recordResolved(current.store, [act(action, { day })]));
        const reads = Array.from({ length: 4 }, () => read("ann", "total"));
        await Promise.all([...reads, ...late, ...Array.from({ length: 4 }, () => read("ann", "total"))]);
        await expectTotal(4 * (round + 1));
      }
    },
    MANY_CALLS_MS,
  );
}
