import { expect, test } from "vitest";
import type { App } from "#src/app.ts";
import { describeFirstStart } from "#src/first-start-text.ts";

const app = (firstStart: App["firstStart"], isDashboardOn = true) =>
  ({ url: "http://localhost:8080", port: 8080, firstStart, isDashboardOn }) as App;

test("only a terminal is shown the token that the first start made; everybody learns where it is", () => {
  const made = app({
    siteKey: "proj_demo",
    adminToken: "adm_secret",
    adminTokenFile: "/var/lib/it's data/admin-token",
  });
  for (const isTerminal of [true, false]) {
    const text = describeFirstStart(made, isTerminal);
    expect(text.includes("adm_secret")).toBe(isTerminal);
    expect(text).toContain("The admin token is in /var/lib/it's data/admin-token, which only you can read.");
    expect(text).toContain(`$(cat '/var/lib/it'\\''s data/admin-token')`);
  }
});

test("it says where to sign in with the token, where there is a dashboard", () => {
  const made = { adminToken: "adm_secret", adminTokenFile: "/data/admin-token" };
  const address = "http://localhost:8080/dashboard/";
  expect(describeFirstStart(app(made), false)).toContain(address);
  expect(describeFirstStart(app(made, false), false)).not.toContain(address);
  expect(describeFirstStart({ ...app(made), url: "unix:/run/streakd.sock", port: undefined }, false)).not.toContain(
    "/dashboard",
  );
});

test("a start that made nothing says nothing", () => {
  expect(describeFirstStart(app({}), true)).toBe("");
});
