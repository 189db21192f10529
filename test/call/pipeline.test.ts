import { create, type Message } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { RecordEventRequestSchema } from "#gen/streak/v1/streak_service_pb.ts";
import type { Call } from "#src/call/call.ts";
import type { Messages, Method } from "#src/call/method.ts";
import type { Principal, PrincipalToken } from "#src/call/principal.ts";
import { ClientGone, StreakdError, TransportError } from "#src/errors.ts";
import { incomingOf, methodOf, openPipeline, ROOT } from "./support.ts";

const request = create(RecordEventRequestSchema);
const readRequest = () => request;
const never = new Promise<never>(() => {});

/** All responses of a call that answers with a stream. */
async function all(answer: Promise<Messages>): Promise<Message[]> {
  return Array.fromAsync((await answer) as AsyncIterable<Message>);
}

test("the steps run in order, and the observer last", async () => {
  const steps: string[] = [];
  const { run, codes } = openPipeline(async () => {
    steps.push("principal");
    return { kind: "anonymous", origin: undefined, address: undefined };
  });
  let deadline = Number.NaN;
  const handle = async (_: Messages, call: Call) => {
    deadline = call.deadline.at;
    steps.push("handler", ...codes);
    return {};
  };
  const method = methodOf("unary", handle, { check: () => steps.push("checks", ...codes) });

  const start = performance.now();
  await run(method, incomingOf(), () => {
    steps.push("body");
    return request;
  });

  expect(steps).toEqual(["principal", "body", "checks", "handler"]);
  expect(codes).toEqual(["OK"]);
  expect(deadline).toBeGreaterThanOrEqual(start + 10_000);
});

test.each(["unary", "client_streaming", "server_streaming", "bidi_streaming"] as const)(
  "the body of a %s call is not read when the principal may not call the method: only root has a scope",
  async (kind) => {
    const { run, codes } = openPipeline();
    const principals: Principal[] = [];
    const hasResponses = kind === "server_streaming" || kind === "bidi_streaming";
    function handle(_: Messages, { principal }: Call) {
      principals.push(principal);
      return hasResponses ? (async function* () {})() : Promise.resolve({});
    }
    const method = methodOf(kind, handle, { access: { scope: "anything:at-all", allProjects: false } });
    const unread = () => {
      throw new Error("the body is read");
    };

    for (const headers of [{}, { origin: "https://a.example" }, { "x-admin-token": "guess" }]) {
      await expect(run(method, incomingOf({ headers }), unread)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    }
    const answer = await run(method, incomingOf({ headers: ROOT }), readRequest);
    await (hasResponses && Array.fromAsync(answer as AsyncIterable<unknown>));

    expect(principals).toEqual([{ kind: "root", origin: undefined, address: "127.0.0.1" }]);
    expect(codes).toEqual(["UNAUTHORIZED", "UNAUTHORIZED", "UNAUTHORIZED", "OK"]);
  },
);

const LIMITED_TOKEN = { id: "t1", name: "CI", project: { id: "p1", siteKey: "mine" }, scopes: ["books:lend"] };

/** Runs a method that needs the scope `books:lend` and names its project, for a caller with a token. */
async function callWithToken(token: Partial<PrincipalToken>, siteKey: string, allProjects = false): Promise<string> {
  const principal = {
    kind: "token",
    origin: undefined,
    address: undefined,
    token: { ...LIMITED_TOKEN, ...token },
  } as const;
  const { run } = openPipeline(async () => principal);
  const method = methodOf("unary", async () => ({}), {
    access: { scope: "books:lend", allProjects },
    siteKeyOf: () => siteKey,
  });
  return run(method, incomingOf(), readRequest as never).then(
    () => "OK",
    (error: StreakdError) => `${error.code}: ${error.message}`,
  );
}

test("a token without the method's scope is refused, and told which scope it lacks", async () => {
  expect(await callWithToken({ scopes: ["books:buy"] }, "mine")).toBe(
    'FORBIDDEN: The token "CI" lacks the scope books:lend. It has books:buy.',
  );
  expect(await callWithToken({}, "mine")).toBe("OK");
  expect(await callWithToken({ scopes: ["everything"] }, "mine")).toBe("OK");
});

test("a project's token reaches its own project alone", async () => {
  expect(await callWithToken({}, "other")).toBe(
    'FORBIDDEN: The token "CI" is for the project "mine". It reaches no other project.',
  );
  expect(await callWithToken({}, "")).toBe(
    'FORBIDDEN: The token "CI" is for the project "mine". Name it in the request.',
  );
  expect(await callWithToken({ project: undefined }, "other")).toBe("OK");
});

test("a project's token calls no method that reaches all projects", async () => {
  expect(await callWithToken({ scopes: ["everything"] }, "mine", true)).toMatch(/^FORBIDDEN: .* for all projects\.$/);
  expect(await callWithToken({ project: undefined }, "", true)).toBe("OK");
});

const overloaded = () => new StreakdError("OVERLOADED", "Later.");
const failing = (): never => {
  throw overloaded();
};

test.each<[string, Partial<Method["contract"]>, Method["handle"], (() => never) | undefined]>([
  ["the body", {}, async () => ({}), failing],
  ["the checks", { check: failing }, async () => ({}), undefined],
  ["the handler", {}, failing, undefined],
  ["the handler's promise", {}, () => Promise.reject(overloaded()), undefined],
])("a call that fails in %s is observed once", async (_, contract, handle, readBody = readRequest as never) => {
  const { run, codes } = openPipeline();
  await expect(run(methodOf("unary", handle, contract), incomingOf(), readBody)).rejects.toThrow("Later.");
  expect(codes).toEqual(["OVERLOADED"]);
});

test("a call whose principal can't be told yet is observed once", async () => {
  const { run, codes } = openPipeline(failing);
  await expect(
    run(
      methodOf("unary", async () => ({})),
      incomingOf(),
      readRequest,
    ),
  ).rejects.toThrow("Later.");
  expect(codes).toEqual(["OVERLOADED"]);
});

test("a stream is observed once, when it has ended", async () => {
  const { run, codes } = openPipeline();
  const incoming = incomingOf();
  const method = methodOf("server_streaming", async function* () {
    yield* [{ ok: true }, {}];
  } as never);

  const answer = await run(method, incoming, readRequest);
  expect(codes).toEqual([]);
  expect(await all(Promise.resolve(answer))).toMatchObject([{ ok: true }, { ok: false }]);
  incoming.leave();

  expect(codes).toEqual(["OK"]);
});

test("a stream that fails after some messages is observed once, with its error", async () => {
  const { run, codes } = openPipeline();
  const incoming = incomingOf();
  const method = methodOf("server_streaming", async function* () {
    yield {};
    failing();
  } as never);

  await expect(all(run(method, incoming, readRequest))).rejects.toThrow("Later.");
  incoming.leave();

  expect(codes).toEqual(["OVERLOADED"]);
});

/** A stream that tells when its handler has ended, and never ends by itself. */
function endless() {
  const ends: string[] = [];
  async function* handle() {
    try {
      for (;;) {
        yield {};
      }
    } finally {
      ends.push("handler");
    }
  }
  return { ends, method: methodOf("server_streaming", handle) };
}

test("a stream whose client goes between two messages ends at once, with its handler, and is observed once", async () => {
  const { run, codes } = openPipeline();
  const { ends, method } = endless();
  const incoming = incomingOf();
  const responses = ((await run(method, incoming, readRequest)) as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  await responses.next();

  incoming.leave();

  await expect.poll(() => ends).toEqual(["handler"]);
  expect(codes).toEqual(["OTHER"]);
  expect(await responses.next()).toEqual({ done: true, value: undefined });
});

test("a stream that its reader returns ends at once, with its handler, and is observed once", async () => {
  const { run, codes } = openPipeline();
  const { ends, method } = endless();
  const incoming = incomingOf();
  for await (const _ of (await run(method, incoming, readRequest)) as AsyncIterable<unknown>) {
    break;
  }
  incoming.leave();
  expect([ends, codes]).toEqual([["handler"], ["OTHER"]]);
});

test("a stream that nobody begins to read is observed when its client goes, and its handler is not begun", async () => {
  const { run, codes } = openPipeline();
  const { ends, method } = endless();
  const incoming = incomingOf();
  await run(method, incoming, readRequest);
  incoming.leave();
  expect([ends, codes]).toEqual([[], ["OTHER"]]);
});

test.each(["server_streaming", "client_streaming", "bidi_streaming"] as const)(
  "a %s call that is stuck ends when its client goes",
  async (kind) => {
    const { run, codes } = openPipeline();
    const incoming = incomingOf();
    const isAborted = Promise.withResolvers<unknown>();
    const begun = Promise.withResolvers<void>();
    async function hang(requests: Messages, { signal }: Call) {
      signal.addEventListener("abort", () => isAborted.resolve(signal.reason));
      begun.resolve();
      return kind === "server_streaming" ? never : Array.fromAsync(requests as AsyncIterable<unknown>);
    }
    async function* hangBeforeFirst(requests: Messages, call: Call) {
      yield await hang(requests, call);
    }
    async function* stuck() {
      yield request;
      await never;
    }
    const method = methodOf(kind, kind === "client_streaming" ? hang : hangBeforeFirst);
    const body = kind === "server_streaming" ? readRequest : (stuck as () => never);
    const answer = run(method, incoming, body);
    const failed = expect(kind === "client_streaming" ? answer : all(answer)).rejects.toThrow(ClientGone);
    await begun.promise;

    incoming.leave();

    await failed;
    expect(await isAborted.promise).toBeInstanceOf(ClientGone);
    expect(codes).toEqual(["OTHER"]);
  },
);

test("a client that goes does not stop a unary call, which is soon over and whose work may be half done", async () => {
  const { run, codes } = openPipeline();
  const incoming = incomingOf();
  const work = Promise.withResolvers<object>();
  const answer = run(
    methodOf("unary", () => work.promise),
    incoming,
    readRequest,
  );
  incoming.leave();
  work.resolve({ ok: true });
  expect(await answer).toMatchObject({ ok: true });
  expect(codes).toEqual(["OK"]);
});

test("an error outside the catalogue becomes INTERNAL without its message, and is logged once for all its calls", async () => {
  const { run, logged, codes } = openPipeline();
  const cause = new Error("connection to 10.0.0.7 refused");
  const unary = methodOf("unary", () => Promise.reject(cause));
  const stream = methodOf("server_streaming", async function* () {
    yield {};
    throw cause;
  } as never);

  for (const call of [run(unary, incomingOf(), readRequest), all(run(stream, incomingOf(), readRequest))]) {
    const error = (await call.catch((thrown: unknown) => thrown)) as StreakdError;
    expect([error.code, error.cause]).toEqual(["INTERNAL", cause]);
    expect(error.message).not.toContain("10.0.0.7");
  }

  expect(logged).toEqual([{ level: 50, err: cause, method: "streak.v1.StreakService/RecordEvent" }]);
  expect(codes).toEqual(["INTERNAL", "INTERNAL"]);
});

test("what a handler throws that is no object is logged each time, for it can't be told apart", async () => {
  const { run, logged } = openPipeline();
  const method = methodOf("unary", () => Promise.reject("no"));
  for (const _ of [1, 2]) {
    await expect(run(method, incomingOf(), readRequest)).rejects.toMatchObject({ code: "INTERNAL" });
  }
  expect(logged).toHaveLength(2);
});

test("an error of the catalogue with a cause in what we depend on is a warning; the caller's errors are not logged", async () => {
  const { run, logged } = openPipeline();
  const away = new StreakdError("OVERLOADED", "The store is away.", { cause: new Error("refused") });
  for (const error of [away, away, overloaded(), new StreakdError("INVALID_BODY", "No.", { cause: away })]) {
    const call = run(
      methodOf("unary", () => Promise.reject(error)),
      incomingOf(),
      readRequest,
    );
    await expect(call).rejects.toBe(error);
  }
  expect(logged).toEqual([{ level: 40, err: away, method: "streak.v1.StreakService/RecordEvent" }]);
});

test("an error of the transport passes as it is, is not logged, and counts as OTHER", async () => {
  const { run, logged, codes } = openPipeline();
  const error = new TransportError("the protocol refused the call");
  const call = run(
    methodOf("unary", async () => ({})),
    incomingOf(),
    () => Promise.reject(error),
  );
  await expect(call).rejects.toBe(error);
  expect([logged, codes]).toEqual([[], ["OTHER"]]);
});

test("probes are neither counted nor in the request log, but their failures are logged", async () => {
  const { run, logged, codes } = openPipeline();
  const probe = (handle: Method["handle"]): Method => ({ ...methodOf("unary", handle), isProbe: true });
  await run(
    probe(async () => ({})),
    incomingOf(),
    readRequest,
  );
  await run(
    probe(() => Promise.reject(new Error("no"))),
    incomingOf(),
    readRequest,
  ).catch(() => {});
  expect([codes, logged.length]).toEqual([[], 1]);
});
