import { expect, test } from "vitest";
import { useApp } from "../support/app.ts";

const shared = useApp();

const event = { siteKey: "proj_demo", userHash: "u", event: "visit" };

test.each(["http://localhost", "http://localhost:3000", "https://localhost:8443", "http://127.0.0.1:5173"])(
  "a page of %s may record and read in the demo project, and may read the answers",
  async (origin) => {
    const { app } = shared;

    const recorded = await app.post("/v1/e", event, { Origin: origin });
    const state = await app.get("/v1/state?siteKey=proj_demo&userHash=u&event=visit", { Origin: origin });

    for (const answer of [recorded, state]) {
      expect(answer.status).toBeLessThan(300);
      expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
      expect(answer.headers.get("vary")).toMatch(/origin/i);
    }
  },
);

test.each([
  "null",
  "https://evil.example",
  "https://localhost.evil.example",
  "https://evillocalhost",
  "https://localhost@evil.example",
  "https://localhost/",
  "",
])("a page of %j is refused, for recording and for reading", async (origin) => {
  const { app } = shared;
  const userHash = "on a foreign page";

  const recorded = await app.post("/v1/e", { ...event, userHash }, { Origin: origin });
  const state = await app.get("/v1/state?siteKey=proj_demo&userHash=u&event=visit", { Origin: origin });

  expect(recorded.status).toBe(403);
  expect(recorded.json).toEqual({ error: "FORBIDDEN_ORIGIN", message: expect.stringContaining("allowedOrigins") });
  expect(state.status).toBe(403);
  expect((await app.state({ userHash })).streak.current).toBe(0);
});

test("a call without an Origin comes from a server and is let in", async () => {
  const { app } = shared;

  expect((await app.post("/v1/e", event)).status).toBe(202);
});

test.each([
  ["/v1/e", "POST"],
  ["/v1/state", "GET"],
  ["/streak.v1.StreakService/RecordEvent", "POST"],
])("a preflight for %s is answered", async (path, method) => {
  const { app } = shared;

  const response = await fetch(`${app.url}${path}`, {
    method: "OPTIONS",
    headers: {
      Origin: "http://localhost:3000",
      "Access-Control-Request-Method": method,
      "Access-Control-Request-Headers": "content-type,connect-protocol-version",
    },
  });

  expect(response.status).toBe(204);
  expect(response.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
  expect(response.headers.get("access-control-allow-methods")).toContain(method);
  expect(response.headers.get("access-control-allow-headers")?.toLowerCase()).toContain("connect-protocol-version");
});

test("no page is let into the admin paths", async () => {
  const { app } = shared;

  const response = await fetch(`${app.url}/admin/projects`, {
    method: "OPTIONS",
    headers: { Origin: "http://localhost:3000", "Access-Control-Request-Method": "GET" },
  });

  expect(response.headers.get("access-control-allow-origin")).toBeNull();
});

test("a page that asks the public service for a method which does not exist can read that; of others it learns nothing", async () => {
  const { app } = shared;
  const allowed = async (path: string) => {
    const { status, headers } = await app.post(path, {}, { Origin: "https://a.example" });
    return [status, headers.get("access-control-allow-origin")];
  };

  expect(await allowed("/streak.v1.StreakService/Nothing")).toEqual([404, "https://a.example"]);
  expect(await allowed("/streak.v1.AdminService/Nothing")).toEqual([404, null]);
  expect(await allowed("/nothing")).toEqual([404, null]);
});
