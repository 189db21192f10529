import { create } from "@bufbuild/protobuf";
import { expect, test, vi } from "vitest";
import { RecordEventRequestSchema } from "#gen/streak/v1/streak_service_pb.ts";
import type { Call } from "#src/call/call.ts";
import { isStream, type Method } from "#src/call/method.ts";
import { StreakdError } from "#src/errors.ts";
import { incomingOf, methodOf, openPipeline } from "./support.ts";

const request = create(RecordEventRequestSchema);
const never = new Promise<never>(() => {});
const hang = vi.fn((_request: unknown, _call: Call): Promise<unknown> => never);
const limited = methodOf("unary", hang);
const unlimited = methodOf("unary", hang, { hasDefaultDeadline: false });

async function* hangAfterOne(): AsyncGenerator<unknown> {
  yield { ok: true };
  await never;
}

/** A call that has begun. */
interface Begun {
  /** The code of the error that ended it, if one has. */
  ending: string | undefined;
  /** What it was answered so far. */
  readonly responses: unknown[];
}

/** Begins a call, with a body that takes `bodyMs` to come. */
function begin(method: Method, timeoutMs: number | undefined, bodyMs = 0): Begun {
  const call: Begun = { ending: undefined, responses: [] };
  const body = async () => {
    await (bodyMs > 0 && new Promise((resolve) => setTimeout(resolve, bodyMs)));
    return request;
  };
  async function follow() {
    const answer = await openPipeline().run(method, incomingOf({ timeoutMs }), body);
    for await (const response of isStream(answer) ? answer : [answer]) {
      call.responses.push(response);
    }
  }
  follow().catch((error: StreakdError) => {
    call.ending = error.code;
  });
  return call;
}

/** Runs with a clock that only moves when it is told to. */
async function withClock(body: (wait: (ms: number) => Promise<unknown>) => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  try {
    await body((ms) => vi.advanceTimersByTimeAsync(ms));
  } finally {
    vi.useRealTimers();
  }
}

test.each([
  ["that its caller said", 1_000, 1_000, "DEADLINE_EXCEEDED"],
  ["of ten seconds when its caller said none, and the server is to blame", undefined, 10_000, "OVERLOADED"],
  ["of thirty seconds when its caller said a longer one, and the server is to blame", 60_000, 30_000, "OVERLOADED"],
])("a call whose work hangs is answered at the deadline %s", (_, theirs, ms, code) =>
  withClock(async (wait) => {
    const call = begin(limited, theirs);
    await wait(ms - 1);
    expect(call.ending).toBeUndefined();
    await wait(1);
    expect(call.ending).toBe(code);
  }),
);

test("a method that takes as long as it takes has only its caller's deadline", () =>
  withClock(async (wait) => {
    const patient = begin(unlimited, undefined);
    const hasty = begin(unlimited, 1_000);
    await wait(3_600_000);
    expect(patient.ending).toBeUndefined();
    expect(hasty.ending).toBe("DEADLINE_EXCEEDED");
  }));

test("a caller's time runs from the request's head on, the server's from the end of its body", () =>
  withClock(async (wait) => {
    const theirs = begin(limited, 10_000, 4_000);
    const ours = begin(limited, undefined, 4_000);
    await wait(9_999);
    expect([theirs.ending, ours.ending]).toEqual([undefined, undefined]);
    await wait(1);
    expect([theirs.ending, ours.ending]).toEqual(["DEADLINE_EXCEEDED", undefined]);
    await wait(4_000);
    expect(ours.ending).toBe("OVERLOADED");
  }));

test("the time that checks take is part of the deadline", () =>
  withClock(async (wait) => {
    hang.mockClear();
    const method = methodOf("unary", hang, { check: () => vi.advanceTimersByTime(1_000) });
    const late = begin(method, 1_000);
    await wait(0);
    const inTime = begin(method, 1_001);
    await wait(0);
    expect([late.ending, inTime.ending]).toEqual(["DEADLINE_EXCEEDED", undefined]);
    expect(hang).toHaveBeenCalledOnce();
  }));

test("a call without any time left is not begun", async () => {
  hang.mockClear();
  const calls = [begin(limited, 0), begin(methodOf("server_streaming", hang as never), 0)];
  await expect.poll(() => calls.map(({ ending }) => ending)).toEqual(["DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"]);
  expect(hang).not.toHaveBeenCalled();
});

test("what is known to hold a call up is what its caller is told, and work begins no more", () =>
  withClock(async (wait) => {
    hang.mockClear();
    const call = begin(limited, 1_000);
    await wait(0);
    const deadline = hang.mock.lastCall?.[1].deadline as Call["deadline"];
    const reason = new StreakdError("OVERLOADED", "The store is away.");
    deadline.reason = reason;
    expect(() => deadline.check()).not.toThrow();
    await wait(1_000);
    expect(call.ending).toBe("OVERLOADED");
    expect(() => deadline.check()).toThrow(reason);
  }));

test("a stream has only its caller's deadline, however long that is, and ends with it after what was answered", () =>
  withClock(async (wait) => {
    const stream = methodOf("server_streaming", hangAfterOne);
    const patient = begin(stream, undefined);
    const hasty = begin(stream, 3_600_000);
    await wait(3_599_999);
    expect([patient.ending, hasty.ending]).toEqual([undefined, undefined]);
    await wait(1);
    expect([patient.ending, hasty.ending]).toEqual([undefined, "DEADLINE_EXCEEDED"]);
    expect([patient.responses, hasty.responses]).toEqual(Array(2).fill([expect.objectContaining({ ok: true })]));
  }));

test("a deadline ends a handler that waits for a request of a stream, and what it waits for by its signal", () =>
  withClock(async (wait) => {
    const { run, codes } = openPipeline();
    const reasons: unknown[] = [];
    async function handle(requests: unknown, { signal }: Call) {
      signal.addEventListener("abort", () => reasons.push(signal.reason));
      await Array.fromAsync(requests as AsyncIterable<unknown>);
    }
    const answer = run(
      methodOf("client_streaming", handle as Method["handle"]),
      incomingOf({ timeoutMs: 1_000 }),
      async function* () {
        yield request;
        await never;
      } as never,
    );
    const failed = expect(answer).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    await wait(1_000);
    await failed;
    expect(codes).toEqual(["DEADLINE_EXCEEDED"]);
    expect(reasons).toEqual([expect.objectContaining({ code: "DEADLINE_EXCEEDED" })]);
  }));

test("what a handler returns, and the error that it throws, are the call's", async () => {
  const { run } = openPipeline();
  const echo = methodOf("unary", async () => ({ ok: true }));
  const fail = methodOf("unary", () => {
    throw new StreakdError("INVALID_BODY", "No.");
  });
  expect(await run(echo, incomingOf(), () => request)).toMatchObject({ ok: true });
  await expect(run(fail, incomingOf(), () => request)).rejects.toMatchObject({ code: "INVALID_BODY" });
});

test("a call that has ended leaves no timer behind, which would hold its request", () =>
  withClock(async (wait) => {
    const fail = () => Promise.reject(new StreakdError("INVALID_BODY", "No."));
    async function* two() {
      yield* [{}, {}];
    }
    async function* failing() {
      yield {};
      await fail();
    }
    const ended = [
      methodOf("unary", async () => ({})),
      methodOf("unary", fail),
      methodOf("server_streaming", two),
      methodOf("server_streaming", failing),
      methodOf("client_streaming", async () => ({})),
      methodOf("bidi_streaming", two),
    ].map((method) => begin(method, 60_000));
    await wait(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(ended.map(({ ending }) => ending)).toContain("INVALID_BODY");
  }));

test("a stream that its reader leaves, or whose client goes, leaves no timer behind", () =>
  withClock(async (wait) => {
    const { run } = openPipeline();
    const stream = methodOf("server_streaming", hangAfterOne);
    const [left, gone, unread] = [1, 2, 3].map(() => incomingOf({ timeoutMs: 60_000 }));
    const responses = await Promise.all(
      [left, gone, unread].map(async (incoming) => {
        const answer = (await run(stream, incoming as never, () => request)) as AsyncGenerator<unknown>;
        return answer[Symbol.asyncIterator]();
      }),
    );
    await responses[0]?.next();
    await responses[1]?.next();
    expect(vi.getTimerCount()).toBe(2);
    await responses[0]?.return(undefined);
    gone?.leave();
    unread?.leave();
    await wait(0);
    expect(vi.getTimerCount()).toBe(0);
  }));
