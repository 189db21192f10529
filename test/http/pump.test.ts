import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { pump, sinkOf } from "#src/http/pump.ts";
import { TurnBudget } from "#src/http/turn-budget.ts";

test("a stream that is always ready, to a client that takes all at once, lets others have their turns", async () => {
  const out = new Writable({ write: (_chunk, _encoding, done) => done() });
  const isReturned = Promise.withResolvers<void>();
  async function* parts() {
    try {
      for (let made = 0; made < 1_000_000; made++) {
        yield "x";
      }
    } finally {
      isReturned.resolve();
    }
  }

  const pumping = pump(parts(), sinkOf(out), new TurnBudget());
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  out.destroy();

  expect(await pumping).toBe(false);
  await isReturned.promise;
});

test("so does a stream to a client that has taken each part before the next is made", async () => {
  let isGone = false;
  const sink = {
    get destroyed() {
      return isGone;
    },
    write: () => false,
    drained: async () => {},
  };
  async function* parts() {
    for (let made = 0; made < 10_000_000; made++) {
      yield "x";
    }
  }

  const pumping = pump(parts(), sink, new TurnBudget());
  await new Promise(setImmediate);
  isGone = true;

  expect(await pumping).toBe(false);
});

test("a stream is written no faster than it is read, and ends with its client", async () => {
  const taken: string[] = [];
  let takeNext = () => {};
  const out = new Writable({
    highWaterMark: 1,
    decodeStrings: false,
    write(chunk, _encoding, done) {
      taken.push(chunk);
      takeNext = done;
    },
  });
  let made = 0;
  async function* counted() {
    for (; made < 3; made++) {
      yield `${made}`;
    }
  }

  const pumping = pump(counted(), sinkOf(out), new TurnBudget());
  for (const all of [["0"], ["0", "1"], ["0", "1", "2"]]) {
    await expect.poll(() => taken).toEqual(all);
    expect(made).toBe(all.length - 1);
    takeNext();
  }

  expect(await pumping).toBe(true);
});
