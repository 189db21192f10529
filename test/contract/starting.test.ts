import { type Logger, pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { Authenticator, hashAdminToken } from "#src/call/authenticator.ts";
import { readConfig } from "#src/config/config.ts";
import { createMethods, type MethodParts } from "#src/methods.ts";
import { createMetrics } from "#src/observe/metrics.ts";
import { createServer, type Server, type ServerInit } from "#src/server.ts";
import { AuditLog } from "#src/service/audit/audit-log.ts";
import { Projects } from "#src/service/projects/projects.ts";
import type { Stores } from "#src/store/stores.ts";
import { DEFAULT_LIMITS, NO_RATE_LIMITS } from "../support/limits.ts";

function create(log: Logger, settings: Partial<ServerInit> = {}): Server {
  const stores = {
    projects: { listProjects: async () => [], createProject: async () => true },
    audit: { appendAuditEntries: async () => {}, confirmAuditEntries: async () => {} },
  } as unknown as Stores;
  return createServer({
    methods: createMethods({
      stores,
      projects: new Projects(stores.projects, false),
      clock: Date.now,
      audit: new AuditLog(stores.audit, Date.now, log),
      signingIn: {},
    } as MethodParts),
    authenticator: new Authenticator(async () => "unknown"),
    rateLimits: NO_RATE_LIMITS,
    metrics: createMetrics({ queued: () => 0, connections: () => 0, droppedLines: () => 0 }, log),
    observer: { ended() {} },
    onOtherAnswer() {},
    log,
    limits: DEFAULT_LIMITS,
    isMaxConnectionsSet: false,
    isFastPathOn: true,
    isReflectionOn: true,
    isDashboardOn: true,
    tls: undefined,
    allowedHosts: undefined,
    trustedProxies: undefined,
    ...settings,
  });
}

test.each<[string, string, RequestInit]>([
  ["REST", "/admin/projects", {}],
  ["REST with a body", "/admin/projects", { method: "POST", body: '{"siteKey":"p"}' }],
  ["Connect", "/streak.v1.AdminService/ListProjects", { method: "POST", body: "{}" }],
])("over %s an admin who comes while the server starts is asked to come again", async (_, path, init) => {
  const server = create(pino({ level: "silent" }));
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

test.runIf(process.platform === "linux").each([
  ["a warning when the operator has set it", true, 40],
  ["no warning when it is the default", false, 30],
])("more connections than there are descriptors for are %s", async (_, isMaxConnectionsSet, level) => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  create(log, { limits: { ...DEFAULT_LIMITS, maxConnections: 10 ** 12 }, isMaxConnectionsSet });
  expect(lines).toMatchObject([{ level, msg: expect.stringContaining("MAX_CONNECTIONS is lowered") }]);
});

test("whether MAX_CONNECTIONS is set is known, also when it is set to the default", () => {
  expect(readConfig({}).isMaxConnectionsSet).toBe(false);
  expect(readConfig({ MAX_CONNECTIONS: `${DEFAULT_LIMITS.maxConnections}` }).isMaxConnectionsSet).toBe(true);
});
