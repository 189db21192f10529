import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { Call } from "#src/call/call.ts";
import { Deadline } from "#src/deadline.ts";
import { ClientGone } from "#src/errors.ts";
import { incomingOf } from "./support.ts";

function open() {
  const incoming = incomingOf();
  const call = new Call(
    { kind: "anonymous", origin: undefined, address: undefined },
    new Deadline(Number.POSITIVE_INFINITY),
    incoming,
  );
  return { call, incoming };
}

/** A source that waits for `gate` after its first message, and says when it is told to return. */
function sourceBefore(gate: Promise<unknown>) {
  const seen: string[] = [];
  async function* messages() {
    try {
      yield 1;
      await gate;
      yield 2;
    } finally {
      seen.push("returned");
    }
  }
  return { seen, messages: messages() };
}

/** Bytes of the heap that are in use, after all garbage is gone. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

test("a stream that can be stopped gives the messages of its source, and its error", async () => {
  const { call } = open();
  async function* source() {
    yield 1;
    yield 2;
    throw new Error("the source's own");
  }
  const seen: number[] = [];
  const reading = async () => {
    for await (const message of call.untilStopped(source())) {
      seen.push(message);
    }
  };
  await expect(reading()).rejects.toThrow("the source's own");
  expect(seen).toEqual([1, 2]);
});

test("a stream that can be stopped keeps nothing of the messages that it has given", async () => {
  const { call } = open();
  async function* source() {
    for (let number = 0; number < 300_000; number++) {
      yield { number };
    }
  }
  let before = 0;
  let after = 0;
  for await (const { number } of call.untilStopped(source())) {
    if (number === 50_000) {
      before = heapUsed();
    } else if (number === 299_999) {
      after = heapUsed();
    }
  }
  expect(after - before).toBeLessThan(2_000_000);
});

test("a stream ends when its call is stopped, also while its source is stuck; the source ends when it goes on", async () => {
  const { call, incoming } = open();
  const gate = Promise.withResolvers<void>();
  const { seen, messages } = sourceBefore(gate.promise);
  const stream = call.untilStopped(messages);
  await stream.next();
  const second = expect(stream.next()).rejects.toThrow(ClientGone);

  incoming.leave();

  await second;
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  gate.resolve();
  await expect.poll(() => seen).toEqual(["returned"]);
});

test("a stream that its reader leaves ends its source", async () => {
  const { call } = open();
  const { seen, messages } = sourceBefore(Promise.resolve());
  for await (const _ of call.untilStopped(messages)) {
    break;
  }
  expect(seen).toEqual(["returned"]);
});

test("the signal aborts when the client goes, or has gone before anybody asked for it", () => {
  const early = open();
  const { signal } = early.call;
  expect(signal.aborted).toBe(false);
  early.incoming.leave();
  expect(signal.reason).toBeInstanceOf(ClientGone);

  const late = open();
  late.call.untilStopped(sourceBefore(Promise.resolve()).messages);
  late.incoming.leave();
  expect(late.call.signal.reason).toBeInstanceOf(ClientGone);
});

test("work that the signal interrupts fails for the signal's reason", async () => {
  const { call, incoming } = open();
  const work = call.run(
    () =>
      new Promise((_, reject) => {
        call.signal.addEventListener("abort", () => reject(new DOMException("interrupted", "AbortError")));
      }),
  );
  const failed = expect(work).rejects.toThrow(ClientGone);
  incoming.leave();
  await failed;
});
