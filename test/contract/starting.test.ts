import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { hashAdminToken } from "#src/call/authenticator.ts";
import { createMethods } from "#src/methods.ts";
import { createMetrics } from "#src/observe/metrics.ts";
import { createServer } from "#src/server.ts";
import type { Stores } from "#src/store/stores.ts";
import { DEFAULT_LIMITS } from "../support/limits.ts";

test.each<[string, string, RequestInit]>([
  ["REST", "/admin/projects", {}],
  ["REST with a body", "/admin/projects", { method: "POST", body: '{"siteKey":"p"}' }],
  ["Connect", "/streak.v1.AdminService/ListProjects", { method: "POST", body: "{}" }],
])("over %s an admin who comes while the server starts is asked to come again", async (_, path, init) => {
  const stores = { projects: { listProjects: async () => [], createProject: async () => true } } as unknown as Stores;
  const log = pino({ level: "silent" });
  const server = createServer({
    methods: createMethods(stores, undefined as never, Date.now),
    metrics: createMetrics(() => 0, log),
    log,
    limits: DEFAULT_LIMITS,
    isFastPathOn: true,
    isReflectionOn: true,
    tls: undefined,
    allowedHosts: undefined,
  });
  onTestFinished(() => server.close(0));
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  const ask = (token: string) => {
    const headers = { "Content-Type": "application/json", "X-Admin-Token": token };
    return fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
  };

  const starting = await ask("right");
  server.setReady(hashAdminToken("right"));
  const wrong = await ask("wrong");
  const right = await ask("right");

  expect([starting.status, wrong.status, right.ok]).toEqual([503, 401, true]);
  expect(starting.headers.get("Retry-After")).toBe("1");
  expect(await starting.text()).toContain("The server is starting.");
});
