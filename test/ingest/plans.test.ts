import { expect, test } from "vitest";
import type { AcceptedEvent } from "#src/ingest/events.ts";
import { project } from "../store/conformance/fixture.ts";
import { ample, like, NOW, openIngest } from "./open-ingest.ts";

/** An event of a project whose plan has room for so many. */
function gated(userHash: string, activeStreakers: number, more: Partial<AcceptedEvent> = {}): AcceptedEvent {
  return like(userHash, { gate: { name: "custom", activeStreakers, since: NOW }, ...more });
}

const REFUSED = { code: "PLAN_LIMIT_REACHED" };

test("an event waits until its month is open, and other events do not wait with it", async () => {
  let finish = () => {};
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const opened: string[] = [];
  const { ingest, days } = await openIngest({
    openMonth: (open) => async (projectId, month, since, now) => {
      opened.push(month);
      await slow;
      await open(projectId, month, since, now);
    },
  });
  const waiting = Promise.all([ingest.record(gated("ann", 2), ample()), ingest.record(gated("bob", 2), ample())]);
  await ingest.record(like("other", { projectId: "p2" }), ample());
  await expect.poll(() => ingest.queued).toBe(2);
  expect(await days("ann")).toBe(0);
  finish();
  expect(await waiting).toEqual(["stored", "stored"]);
  expect(opened).toEqual(["2024-01"]);
  expect(ingest.queued).toBe(0);
});

test("a month that can't be opened is tried again", async () => {
  let tries = 0;
  const { ingest } = await openIngest({
    openMonth:
      (open) =>
      async (...args) => {
        tries += 1;
        if (tries < 3) {
          throw new Error("the database is away");
        }
        await open(...args);
      },
  });
  expect(await ingest.record(gated("ann", 1), ample())).toBe("stored");
  expect(tries).toBe(3);
});

test("events that wait for their month are refused when the server shuts down, which does not wait for it", async () => {
  const { ingest } = await openIngest({ openMonth: () => () => new Promise(() => {}) });
  const waiting = ingest.record(gated("ann", 1), ample());
  const refused = expect(waiting).rejects.toMatchObject({ code: "OVERLOADED" });
  await expect.poll(() => ingest.queued).toBe(1);
  await ingest.close();
  await refused;
});

test("a refused event is counted in the store by the time the server has shut down, and asked about again", async () => {
  const { ingest, store, asked, added } = await openIngest();
  await store.projects.createProject(project({ id: "p" }));
  await ingest.record(gated("ann", 1), ample());
  await expect(ingest.record(gated("bob", 1), ample())).rejects.toMatchObject(REFUSED);
  await expect(ingest.record(gated("bob", 1, { idempotencyKey: "k" }), ample())).rejects.toMatchObject(REFUSED);
  await expect(ingest.record(gated("bob", 1, { idempotencyKey: "k" }), ample())).rejects.toMatchObject(REFUSED);
  expect(asked.filter((key) => key.includes("bob")).length).toBeGreaterThan(0);
  expect(added.filter(({ key }) => key.includes("bob"))).toEqual([]);
  await ingest.close();
  expect(await store.usage.countUsage("p", ["2024-01"])).toMatchObject([{ activeStreakers: 1, rejected: 3 }]);
});

test("the error tells when there is room again, in the event's zone", async () => {
  const { ingest } = await openIngest();
  await ingest.record(gated("ann", 1), ample());
  const refusal = ingest.record(gated("bob", 1, { tz: "Pacific/Auckland" }), ample());
  await expect(refusal).rejects.toMatchObject({
    message: expect.stringContaining("from 2024-02-01"),
    retryAfterSeconds: (Date.parse("2024-02-01T00:00:00+13:00") - NOW) / 1000,
  });
});
