import { expect, test, vi } from "vitest";
import type { Call } from "#src/call/call.ts";
import { withDeadlines } from "#src/call/deadlines.ts";
import { StreakdError } from "#src/errors.ts";

const hang = vi.fn((_request: string, _call: Call) => new Promise<string>(() => {}));
const service = withDeadlines({ hang, delete: hang }, ["delete"]);

/** Calls a method that never comes to an end, and answers how it ended so far. */
function begin(method: keyof typeof service, theirs: number | undefined): { ending: string | undefined } {
  const call: { ending: string | undefined } = { ending: undefined };
  const end = (error: StreakdError) => {
    call.ending = error.code;
  };
  void service[method]("request", { requestHeader: new Headers(), timeoutMs: () => theirs }).catch(end);
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
    const call = begin("hang", theirs);
    await wait(ms - 1);
    expect(call.ending).toBeUndefined();
    await wait(1);
    expect(call.ending).toBe(code);
  }),
);

test("a method that takes as long as it takes has only its caller's deadline", () =>
  withClock(async (wait) => {
    const patient = begin("delete", undefined);
    const hasty = begin("delete", 1_000);
    await wait(3_600_000);
    expect(patient.ending).toBeUndefined();
    expect(hasty.ending).toBe("DEADLINE_EXCEEDED");
  }));

test("a call without any time left is not begun", async () => {
  hang.mockClear();
  const call = begin("hang", 0);
  await expect.poll(() => call.ending).toBe("DEADLINE_EXCEEDED");
  expect(hang).not.toHaveBeenCalled();
});

test("what is known to hold a call up is what its caller is told, and work begins no more", () =>
  withClock(async (wait) => {
    hang.mockClear();
    const call = begin("hang", 1_000);
    const deadline = hang.mock.lastCall?.[1].deadline as Call["deadline"];
    const reason = new StreakdError("OVERLOADED", "The store is away.");
    deadline.reason = reason;
    expect(() => deadline.check()).not.toThrow();
    await wait(1_000);
    expect(call.ending).toBe("OVERLOADED");
    expect(() => deadline.check()).toThrow(reason);
  }));

test("what a method answers, and the error that it throws, are the call's", async () => {
  const caller = { requestHeader: new Headers(), timeoutMs: () => undefined };
  const methods = withDeadlines({
    echo: async (request: string) => request,
    fail(): Promise<string> {
      throw new StreakdError("INVALID_BODY", "No.");
    },
  });
  expect(await methods.echo("request", caller)).toBe("request");
  await expect(methods.fail(undefined as never, caller)).rejects.toMatchObject({ code: "INVALID_BODY" });
});

test("a call that has ended leaves no timer behind, which would hold its request", () =>
  withClock(async (wait) => {
    const caller = { requestHeader: new Headers(), timeoutMs: () => undefined };
    const methods = withDeadlines({
      echo: async (request: string) => request,
      refuse(): Promise<string> {
        throw new StreakdError("INVALID_BODY", "No.");
      },
    });
    await methods.echo("request", caller);
    await methods.refuse(undefined as never, caller).catch(() => {});
    await wait(0);
    expect(vi.getTimerCount()).toBe(0);
  }));
