import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { parseList } from "structured-headers";
import { describe, expect, test } from "vitest";
import { RetryInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, type Answer, openApp, type TestApp } from "../support/app.ts";
import { makeSigningSecret, secondsFrom, signJwt } from "../support/jwt.ts";
import { waitUntil } from "../support/wait-until.ts";

const EVENT = { siteKey: "proj_demo", userHash: "u", event: "visit" };
const STATE = "/v1/state?siteKey=proj_demo&userHash=u&event=visit";

/** What a header of the draft tells of each policy: `{ default: { q: 50, w: 1 } }`. */
function policies(header: string | null): Record<string, Record<string, unknown>> {
  const list = parseList(header ?? "");
  return Object.fromEntries(list.map(([name, parameters]) => [name, Object.fromEntries(parameters)]));
}

/** What an answer tells of the limits: its status, and both headers. */
function limitsOf({ status, headers }: Pick<Answer, "status" | "headers">) {
  return [status, policies(headers.get("RateLimit-Policy")), policies(headers.get("RateLimit"))];
}

const record = (app: TestApp, siteKey = "proj_demo") => app.post("/v1/e", { ...EVENT, siteKey });

/** Sends calls until one is refused, and returns the refusal. */
async function untilRefused(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await send();
    if (answer.status === 429) {
      return answer;
    }
  }
}

/** Sends calls until one is not refused, and returns its answer. */
function untilPassed(send: () => Promise<Answer>): Promise<Answer> {
  return waitUntil(async () => {
    const answer = await send();
    return answer.status === 429 ? false : answer;
  }) as Promise<Answer>;
}

describe("a project's limit", () => {
  test("is told by every answer that it applies to, successes and failures", async () => {
    const app = await openApp({ RATE_LIMIT: "50" });
    const policy = { default: { q: 50, w: 1 } };
    expect(limitsOf(await record(app))).toEqual([202, policy, { default: { r: 49, t: 1 } }]);
    const [status, announced] = limitsOf(await app.get(STATE));
    expect([status, announced]).toEqual([200, policy]);
    const failed = limitsOf(await app.post("/v1/e", { ...EVENT, event: "none" }));
    expect(failed.slice(0, 2)).toEqual([400, policy]);
  });

  test("refuses with 429 and says when to come again, and refused events are not recorded", async () => {
    const app = await openApp({ RATE_LIMIT: "1:3" });
    let users = 0;
    const refused = await untilRefused(() => app.post("/v1/e", { ...EVENT, userHash: `u${++users}` }));
    const stateOf = (user: number) => app.get(`/v1/state?siteKey=proj_demo&event=visit&userHash=u${user}`);
    expect((await untilPassed(() => stateOf(users - 1))).json.streak.current).toBe(1);
    expect((await untilPassed(() => stateOf(users))).json.streak.current).toBe(0);
    expect(refused.json).toEqual({
      error: "RATE_LIMITED",
      message: "Too many requests for this project: at most 1 a second, and 3 at once. Send the request again in 1 s.",
    });
    expect(limitsOf(refused)).toEqual([429, { default: { q: 3, w: 3 } }, { default: { r: 0, t: 1 } }]);
    expect(refused.headers.get("Retry-After")).toBe("1");
  });

  test("is the project's own when it has one, and that of the setting when it has none", async () => {
    const app = await openApp({ RATE_LIMIT: "5" });
    const create = (siteKey: string, rateLimit?: object) =>
      app.admin("POST", "/admin/projects", { siteKey, widgets: [{ event: "visit" }], ...(rateLimit && { rateLimit }) });
    expect((await create("fast", { requestsPerSecond: 20 })).json.rateLimit).toEqual({
      requestsPerSecond: 20,
      burst: 20,
    });
    expect((await create("usual")).json.rateLimit).toBeUndefined();
    const policyOf = async (siteKey: string) => limitsOf(await record(app, siteKey))[1];
    expect(await policyOf("fast")).toEqual({ default: { q: 20, w: 1 } });
    expect(await policyOf("usual")).toEqual({ default: { q: 5, w: 1 } });

    const patched = await app.admin("PATCH", "/admin/projects/fast", {
      rateLimit: { requestsPerSecond: 2, burst: 30 },
    });
    expect(patched.json.rateLimit).toEqual({ requestsPerSecond: 2, burst: 30 });
    expect(await policyOf("fast")).toEqual({ default: { q: 30, w: 15 } });
    await app.admin("PATCH", "/admin/projects/fast?updateMask=rateLimit", {});
    expect(await policyOf("fast")).toEqual({ default: { q: 5, w: 1 } });
  });

  test.each([{}, { requestsPerSecond: 0 }, { requestsPerSecond: 5, burst: -1 }, { requestsPerSecond: 1_000_001 }])(
    "can't be %o",
    async (rateLimit) => {
      const app = await openApp();
      const answer = await app.admin("PATCH", "/admin/projects/proj_demo", { rateLimit });
      expect([answer.status, answer.json.error]).toEqual([400, "INVALID_BODY"]);
      expect(answer.json.message).toContain("must be between");
    },
  );

  test.each([["names the project"], ["leaves that to the token"]])(
    "holds for alias tokens too, when the request %s",
    async (how) => {
      const app = await openApp({ RATE_LIMIT: "1:3" });
      const { secret } = await makeSigningSecret(app);
      const claims = { siteKey: "proj_demo", anonymousId: "a", userHash: "u", exp: secondsFrom(app, 600) };
      const body = { token: signJwt(secret, claims), ...(how === "names the project" && { siteKey: "proj_demo" }) };
      expect(limitsOf(await app.post("/v1/alias", body)).slice(0, 2)).toEqual([204, { default: { q: 3, w: 3 } }]);
      await untilRefused(() => app.post("/v1/alias", body));
      // It is one budget with those of events and reads.
      await untilRefused(() => app.get(STATE));
      // A token that can't be read is for no project.
      const unreadable = await app.post("/v1/alias", { token: "a.b.c" });
      expect([unreadable.json.error, unreadable.headers.get("RateLimit")]).toEqual(["INVALID_TOKEN", null]);
    },
  );

  test("does not hold back those who run the project", async () => {
    const app = await openApp({ RATE_LIMIT: "1" });
    await untilRefused(() => record(app));
    for (let i = 0; i < 5; i += 1) {
      const answer = await app.admin("PATCH", "/admin/projects/proj_demo", { live: true });
      expect([answer.status, answer.headers.get("RateLimit")]).toEqual([200, null]);
    }
  });

  test("is kept for projects that exist alone: an unknown siteKey is refused as without limits", async () => {
    const app = await openApp({ RATE_LIMIT: "1" });
    for (let i = 0; i < 5; i += 1) {
      const answer = await record(app, "proj_none");
      expect([answer.status, answer.json.error, answer.headers.get("RateLimit")]).toEqual([
        400,
        "INVALID_SITE_KEY",
        null,
      ]);
    }
  });
});

test("without limits no answer has a header of them, and nothing is ever refused", async () => {
  const app = await openApp();
  const answers = await Promise.all(Array.from({ length: 100 }, () => record(app)));
  expect(
    answers.map(({ status, headers }) => [status, headers.get("RateLimit"), headers.get("RateLimit-Policy")]),
  ).toEqual(answers.map(() => [202, null, null]));
});

test("an address's limit holds for all calls together, and a project's beside it", async () => {
  const app = await openApp({ RATE_LIMIT: "50", RATE_LIMIT_PER_ADDRESS: "2:4" });
  const [status, announced] = limitsOf(await record(app));
  expect([status, announced]).toEqual([202, { address: { q: 4, w: 2 }, default: { q: 50, w: 1 } }]);
  expect(limitsOf(await app.admin("GET", "/admin/projects/proj_demo"))[1]).toEqual({ address: { q: 4, w: 2 } });
  const refused = await untilRefused(() => record(app));
  expect(refused.json.message).toContain("from this address");
  const left = policies(refused.headers.get("RateLimit"));
  expect(left.address).toEqual({ r: 0, t: 1 });
  // The refused call took nothing of the project's budget.
  expect(left.default?.r).toBeGreaterThan(40);
});

test("admin calls have a limit of their own", async () => {
  const app = await openApp({ RATE_LIMIT_ADMIN: "1:2" });
  const refused = await untilRefused(() => app.admin("GET", "/admin/projects/proj_demo"));
  expect(limitsOf(refused)).toEqual([429, { admin: { q: 2, w: 2 } }, { admin: { r: 0, t: 1 } }]);
  expect(refused.json.message).toContain("with this token");
  expect((await record(app)).headers.get("RateLimit")).toBeNull();
});

test("probes, pages, metrics and preflights are never limited", async () => {
  const app = await openApp({ RATE_LIMIT_PER_ADDRESS: "1", RATE_LIMIT: "1", RATE_LIMIT_ADMIN: "1" });
  await untilRefused(() => record(app));
  const preflight = () =>
    fetch(`${app.url}/v1/e`, {
      method: "OPTIONS",
      headers: { Origin: "https://a.example", "Access-Control-Request-Method": "POST" },
    });
  const health = () => app.post("/grpc.health.v1.Health/Check", {});
  for (let i = 0; i < 5; i += 1) {
    const answers = [
      ...["/healthz", "/readyz", "/", "/metrics", "/openapi.json"].map((path) => app.get(path)),
      health(),
    ];
    for (const answer of await Promise.all(answers)) {
      expect([answer.status, answer.headers.get("RateLimit")]).toEqual([200, null]);
    }
    expect((await preflight()).status).toBe(204);
  }
});

test("a page may read the headers", async () => {
  const app = await openApp({ RATE_LIMIT: "1" });
  const Origin = "http://localhost:3000";
  const refused = await untilRefused(() => app.post("/v1/e", EVENT, { Origin }));
  expect(refused.headers.get("Access-Control-Allow-Origin")).toBe(Origin);
  const exposed = refused.headers.get("Access-Control-Expose-Headers")?.split(", ");
  expect(exposed).toEqual(expect.arrayContaining(["RateLimit", "RateLimit-Policy", "Retry-After"]));
});

describe("over every transport, answers and refusals tell the limit", () => {
  const binary = { useBinaryFormat: true };
  const json = { useBinaryFormat: false };
  const transports = {
    "Connect, JSON": (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "1.1", ...json }),
    "Connect, binary": (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "2", ...binary }),
    "Connect, GET": (baseUrl: string) =>
      createConnectTransport({ baseUrl, httpVersion: "1.1", useHttpGet: true, ...json }),
    gRPC: (baseUrl: string) => createGrpcTransport({ baseUrl, ...binary }),
    "gRPC, JSON": (baseUrl: string) => createGrpcTransport({ baseUrl, ...json }),
    "gRPC-Web": (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1", ...binary }),
    "gRPC-Web, JSON": (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "2", ...json }),
  };

  test.each(Object.entries(transports))("%s", async (_, transport) => {
    const app = await openApp({ RATE_LIMIT: "1:3" });
    const client = createClient(StreakService, transport(app.url));
    const { header, refusal } = await rpcUntilRefused((onHeader) => client.getState(EVENT, { onHeader }));
    expect(policies(header.get("RateLimit-Policy"))).toEqual({ default: { q: 3, w: 3 } });
    expect(policies(header.get("RateLimit"))).toEqual({ default: { r: 2, t: 1 } });
    expect(refusal.code).toBe(Code.ResourceExhausted);
    expect(refusal.findDetails(RetryInfoSchema).map(({ retryDelay }) => retryDelay?.seconds)).toEqual([1n]);
    const { metadata } = refusal;
    expect(metadata.get("Retry-After")).toBe("1");
    expect(policies(metadata.get("RateLimit-Policy"))).toEqual({ default: { q: 3, w: 3 } });
    expect(policies(metadata.get("RateLimit"))).toEqual({ default: { r: 0, t: 1 } });
  });

  test.each(["on", "off"])("REST with HTTP_FAST_PATH=%s", async (setting) => {
    const app = await openApp({ RATE_LIMIT: "1:3", HTTP_FAST_PATH: setting });
    expect(limitsOf(await app.get(STATE))).toEqual([200, { default: { q: 3, w: 3 } }, { default: { r: 2, t: 1 } }]);
    expect((await untilRefused(() => app.get(STATE))).headers.get("Retry-After")).toBe("1");
  });

  test("admin calls over gRPC", async () => {
    const app = await openApp({ RATE_LIMIT_ADMIN: "1" });
    const client: Client<typeof AdminService> = createClient(AdminService, createGrpcTransport({ baseUrl: app.url }));
    const headers = { "X-Admin-Token": ADMIN_TOKEN };
    const { refusal } = await rpcUntilRefused((onHeader) => client.listProjects({}, { headers, onHeader }));
    expect(policies(refusal.metadata.get("RateLimit"))).toEqual({ admin: { r: 0, t: 1 } });
  });

  /** Calls until a call is refused. Returns the headers of the first answer, and the refusal. */
  async function rpcUntilRefused(call: (onHeader: (header: Headers) => void) => Promise<unknown>) {
    let first: Headers | undefined;
    for (;;) {
      try {
        await call((header) => {
          first ??= header;
        });
      } catch (error) {
        return { header: first ?? new Headers(), refusal: ConnectError.from(error) };
      }
    }
  }
});
