import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { Deadline } from "#src/deadline.ts";
import { ample, like, openIngest } from "./open-ingest.ts";

test("events in flight at the same time share one commit", async () => {
  const { ingest, batches } = await openIngest();

  await Promise.all(Array.from({ length: 50 }, (_, n) => ingest.record(like(`u${n}`), ample())));

  expect(batches).toEqual([50]);
});

test("a batch takes whatever waits when the previous commit returns", async () => {
  const first = Promise.withResolvers<void>();
  const { ingest, batches, days } = await openIngest({ before: (batch) => (batch === 1 ? first.promise : undefined) });

  const one = ingest.record(like("first"), ample());
  await expect.poll(() => batches.length, { interval: 1 }).toBe(1);
  const others = Array.from({ length: 20 }, (_, n) => ingest.record(like(`u${n}`), ample()));
  first.resolve();
  await Promise.all([one, ...others]);

  expect(batches).toEqual([1, 20]);
  expect(await days("u19")).toBe(1);
});

test("a batch waits for others as many turns of the event loop as the store asks for", async () => {
  const { ingest, batches } = await openIngest({ coalesceTurns: 3 });

  const one = ingest.record(like("first"), ample());
  await nextTurn();
  await nextTurn();
  await Promise.all([one, ingest.record(like("second"), ample())]);

  expect(batches).toEqual([2]);
});

test("an event that the store can't take does not fail its neighbours", async () => {
  const { ingest, days } = await openIngest();
  // No check lets this through; it stands for a bug.
  const broken = like("broken", { meta: Symbol("not text") as unknown as string });

  const answers = await Promise.allSettled(
    [like("a"), broken, like("b")].map((event) => ingest.record(event, ample())),
  );

  expect(answers.map((answer) => answer.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await days("a")).toBe(1);
  expect(await days("b")).toBe(1);
});

test("when the queue is full an event is refused at once, and the waiting events are recorded", async () => {
  const first = Promise.withResolvers<void>();
  const { ingest, batches, days } = await openIngest({
    maxQueued: 2,
    before: (batch) => (batch === 1 ? first.promise : undefined),
  });
  const one = ingest.record(like("first"), ample());
  await expect.poll(() => batches.length, { interval: 1 }).toBe(1);
  const waiting = [ingest.record(like("a"), ample()), ingest.record(like("b"), ample())];

  await expect(ingest.record(like("c"), ample())).rejects.toMatchObject({ code: "OVERLOADED" });

  first.resolve();
  await Promise.all([one, ...waiting]);
  expect(await days("b")).toBe(1);
  expect(await days("c")).toBe(0);
});

test("an event whose deadline ends before its turn is not begun", async () => {
  const first = Promise.withResolvers<void>();
  const { ingest, batches, days } = await openIngest({ before: (batch) => (batch === 1 ? first.promise : undefined) });
  const one = ingest.record(like("first"), ample());
  await expect.poll(() => batches.length, { interval: 1 }).toBe(1);

  const late = ingest.record(like("late"), new Deadline(0));
  first.resolve();

  await expect(late).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  await one;
  expect(await days("late")).toBe(0);
});

test("closing waits for accepted events, and refuses later ones", async () => {
  const { ingest, days } = await openIngest();
  const events = Array.from({ length: 2500 }, (_, n) =>
    ingest.record(like(`u${n}`), ample()).catch((error) => error.code as string),
  );

  await ingest.close();

  const refused = (await Promise.all(events)).filter((answer) => answer !== "stored");
  expect(refused).toEqual(Array.from({ length: 1500 }, () => "OVERLOADED"));
  expect(await days("u999")).toBe(1);
  await expect(ingest.record(like("late"), ample())).rejects.toMatchObject({ code: "OVERLOADED" });
});
