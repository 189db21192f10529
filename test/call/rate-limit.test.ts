import { create, type Message } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { type RecordEventRequest, RecordEventRequestSchema } from "#gen/streak/v1/streak_service_pb.ts";
import { LazyMetadata } from "#src/call/incoming.ts";
import { RateLimits, type RateLimitsInit } from "#src/call/limits/rate-limits.ts";
import type { Messages, Method } from "#src/call/method.ts";
import { createPipeline } from "#src/call/pipeline.ts";
import type { Principal } from "#src/call/principal.ts";
import type { RateLimit } from "#src/domain/rate-limit.ts";
import { incomingOf, methodOf } from "./support.ts";

const ONE: RateLimit = { requestsPerSecond: 1, burst: 1 };
const TWO: RateLimit = { requestsPerSecond: 1, burst: 2 };
const requestFor = (siteKey: string) => create(RecordEventRequestSchema, { siteKey });
const siteKeyOf = (message: Message) => (message as RecordEventRequest).siteKey;

/** A pipeline whose clock stands still. `run` resolves to the code of a call, and to its headers. */
function open(init: Partial<RateLimitsInit>, principal: Partial<Principal> = {}) {
  const refused: string[] = [];
  const limits = new RateLimits({
    perAddress: undefined,
    admin: undefined,
    limitOf: () => undefined,
    shared: undefined,
    clock: () => 0,
    onRefused: (policy) => refused.push(policy),
    ...init,
  });
  const authenticate = async ({ peer }: { peer: string | undefined }) =>
    ({ kind: "anonymous", origin: undefined, address: peer, ...principal }) as const;
  const pipeline = createPipeline(authenticate, { ended() {} }, limits);
  async function run(method: Method, body: Messages, peer = "192.0.2.1", timeoutMs?: number): Promise<string> {
    const response = new LazyMetadata();
    const incoming = incomingOf({ response, timeoutMs });
    const call = { ...incoming, request: { ...incoming.request, peer } };
    const code = await pipeline(method, call, () => body).then(
      () => "OK",
      ({ code, message }) => (message.startsWith("Message") ? `${code} in ${message.split(":")[0]}` : code),
    );
    return [code, response.added.set?.RateLimit].filter((part) => part !== undefined).join(" ");
  }
  return { run, refused };
}

const unary = methodOf("unary", async () => ({}), { siteKeyOf });
const admin = methodOf("unary", async () => ({}), {
  access: { scope: "project:manage", allProjects: false },
  siteKeyOf,
});
const upload = methodOf(
  "client_streaming",
  async (messages) => {
    await Array.fromAsync(messages as AsyncIterable<Message>);
    return {};
  },
  { siteKeyOf },
);

async function* streamOf(...siteKeys: string[]): AsyncGenerator<Message> {
  yield* siteKeys.map(requestFor);
}

describe("the step of rate limits", () => {
  test("comes after the checks, and before the handler", async () => {
    const steps: string[] = [];
    const { run } = open({
      limitOf: () => {
        steps.push("limit");
        return ONE;
      },
    });
    const handle = async () => {
      steps.push("handler");
      return {};
    };
    const method = methodOf("unary", handle, { siteKeyOf, check: () => steps.push("checks") });
    await run(method, requestFor("p"));
    await run(method, requestFor("p"));
    expect(steps).toEqual(["checks", "limit", "handler", "checks", "limit"]);
  });

  test("does not outlast the deadline, when the project can't be read", async () => {
    const { run } = open({ limitOf: () => new Promise<undefined>(() => {}) });
    expect(await run(unary, requestFor("a"), "192.0.2.1", 20)).toBe("DEADLINE_EXCEEDED");
  });

  test("limits projects apart, also when their limits must be read first", async () => {
    for (const limitOf of [() => ONE, async () => ONE]) {
      const { run, refused } = open({ limitOf });
      expect(await run(unary, requestFor("a"))).toBe('OK "default";r=0;t=1');
      expect(await run(unary, requestFor("a"))).toBe('RATE_LIMITED "default";r=0;t=1');
      expect(await run(unary, requestFor("b"))).toBe('OK "default";r=0;t=1');
      expect(refused).toEqual(["default"]);
    }
  });

  test("takes nothing of any budget for a call that one policy refuses", async () => {
    const { run } = open({ limitOf: (siteKey) => (siteKey === "a" ? ONE : TWO), perAddress: TWO });
    expect(await run(unary, requestFor("a"))).toBe('OK "address";r=1;t=1, "default";r=0;t=1');
    expect(await run(unary, requestFor("a"))).toBe('RATE_LIMITED "address";r=1;t=1, "default";r=0;t=1');
    expect(await run(unary, requestFor("b"))).toBe('OK "address";r=0;t=1, "default";r=1;t=1');
    expect(await run(unary, requestFor("b"))).toBe('RATE_LIMITED "address";r=0;t=1, "default";r=1;t=1');
  });

  test("counts an IPv6 network as one address, and limits no caller without an address by it", async () => {
    const { run } = open({ perAddress: ONE });
    expect(await run(unary, requestFor("a"), "2001:db8::1")).toMatch(/^OK/);
    expect(await run(unary, requestFor("a"), "2001:db8::2")).toMatch(/^RATE_LIMITED/);
    expect(await run(unary, requestFor("a"), "2001:db8:0:1::1")).toMatch(/^OK/);
    expect(await run(unary, requestFor("a"), undefined)).toMatch(/^OK/);
  });

  test("counts methods that need a scope by token, and not for the project", async () => {
    const tokenOf = (id: string) => ({ id, name: id, project: undefined, scopes: ["everything"] });
    const limits = { admin: ONE, limitOf: () => ONE };
    const root = open(limits, { kind: "root" });
    expect(await root.run(admin, requestFor("a"))).toBe('OK "admin";r=0;t=1');
    expect(await root.run(admin, requestFor("a"))).toBe('RATE_LIMITED "admin";r=0;t=1');
    expect(await root.run(admin, requestFor("a"), "192.0.2.2")).toBe('OK "admin";r=0;t=1');
    expect(await root.run(unary, requestFor("a"))).toBe('OK "default";r=0;t=1');
    const token = open(limits, { kind: "token", token: tokenOf("t1") });
    expect(await token.run(admin, requestFor("a"))).toMatch(/^OK/);
    expect(await token.run(admin, requestFor("a"), "192.0.2.2")).toMatch(/^RATE_LIMITED/);
  });

  test("counts each message of a stream for its project, and the stream for its address", async () => {
    const { run } = open({ limitOf: () => TWO, perAddress: TWO });
    expect(await run(upload, streamOf("a", "b", "a"))).toMatch(/^OK/);
    expect(await run(upload, streamOf("b", "b"))).toMatch(/^RATE_LIMITED in Message 2/);
    expect(await run(upload, streamOf("c"))).toBe('RATE_LIMITED "address";r=0;t=1');
  });

  test("lets probes through", async () => {
    const { run } = open({ perAddress: ONE, limitOf: () => ONE });
    const probe = { ...unary, isProbe: true };
    for (let i = 0; i < 3; i += 1) {
      expect(await run(probe, requestFor("a"))).toBe("OK");
    }
  });

  test("forgets who has not called for longest when there are too many to remember", async () => {
    const { run } = open({ limitOf: () => ONE });
    await run(unary, requestFor("first"));
    for (let i = 0; i < 99_999; i += 1) {
      await run(unary, requestFor(`p${i}`));
    }
    expect(await run(unary, requestFor("first"))).toMatch(/^RATE_LIMITED/);
    await run(unary, requestFor("another"));
    expect(await run(unary, requestFor("p0"))).toMatch(/^OK/);
  });
});
