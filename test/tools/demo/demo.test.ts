import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ADMIN_TOKEN, openApp } from "../../support/app.ts";
import { freePort } from "../../support/free-port.ts";
import { type Server, startServer } from "../../support/server.ts";

const MAIN = fileURLToPath(new URL("../../../tools/demo/main.ts", import.meta.url));

/** In milliseconds: a server starts, and thousands of events are recorded. */
const TIMEOUT_MS = 120_000;

const USERS = 15;

/** Runs the demo as `npm run demo` does. */
function demo(adminToken: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const node = ["--disable-warning=ExperimentalWarning", MAIN, ...args];
  const env = { PATH: process.env.PATH, ADMIN_TOKEN: adminToken };
  return new Promise((resolve) => {
    execFile(process.execPath, node, { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}

async function read(server: Pick<Server, "url" | "adminToken">, path: string) {
  const answer = await fetch(server.url + path, { headers: { "X-Admin-Token": server.adminToken } });
  return (await answer.json()) as Record<string, never[]>;
}

test("the demo fills a project that has streaks, aliases, refused calls and analytics, and only once", {
  timeout: TIMEOUT_MS,
}, async () => {
  // By its clock no day ends in any zone while streaks are compared.
  const app = await openApp();
  app.now = Date.now();
  const server = { url: app.url, adminToken: ADMIN_TOKEN };
  const args = ["--url", server.url, "--users", `${USERS}`];

  const first = await demo(server.adminToken, ...args);

  expect(first).toEqual({ code: 0, output: expect.stringMatching(/Recorded [\d,]+ events of 15 people/) });
  const project = await read(server, "/admin/projects/demo_app");
  expect(project.widgets).toHaveLength(3);
  const { users = [] } = await read(server, "/admin/projects/demo_app/users?pageSize=100");
  expect(users.length).toBeGreaterThan(USERS / 2);
  expect(users.length).toBeLessThanOrEqual(USERS);
  for (const { userHash, streaks } of users as { userHash: string; streaks: { event: string; streak: object }[] }[]) {
    for (const { event, streak } of streaks) {
      const query = new URLSearchParams({ siteKey: "demo_app", userHash, event });
      expect((await read(server, `/v1/state?${query}`)).streak).toMatchObject(streak);
    }
  }
  const best = users.flatMap(({ streaks }: { streaks: { streak: { best: number } }[] }) =>
    streaks.map(({ streak }) => streak.best),
  );
  expect(Math.max(...best)).toBeGreaterThan(7);

  const { days } = await read(server, "/admin/projects/demo_app/analytics/survival");
  expect(days?.length).toBeGreaterThan(7);
  const { values } = await read(server, "/admin/projects/demo_app/analytics/metaValues?key=platform");
  expect(values?.length).toBeGreaterThan(1);

  const again = await demo(server.adminToken, ...args);

  expect(again).toEqual({ code: 0, output: expect.stringContaining("nothing was changed") });
  expect(await read(server, "/admin/projects/demo_app/users?pageSize=100")).toMatchObject({ users });
});

test("a project that the demo has made is replaced, and no other one is", { timeout: TIMEOUT_MS }, async () => {
  await using server = await startServer();
  const args = ["--url", server.url, "--users", "1", "--replace"];

  expect(await demo(server.adminToken, ...args)).toMatchObject({ code: 0 });
  expect(await demo(server.adminToken, ...args)).toMatchObject({ code: 0 });
  const other = await demo(server.adminToken, ...args, "--project", "proj_demo");

  expect(other).toEqual({ code: 1, output: expect.stringContaining("was not made by the demo") });
  expect(await read(server, "/admin/projects/proj_demo")).toMatchObject({ name: "Demo" });
});

test("without a server, with a wrong token or a wrong option, the demo says what to do", {
  timeout: TIMEOUT_MS,
}, async () => {
  await using server = await startServer();
  const away = await demo("a token that is not asked", "--url", `http://127.0.0.1:${await freePort()}`);
  expect(away).toEqual({ code: 1, output: expect.stringContaining("npm start\n  npm run demo") });
  const refused = await demo("not the admin token", "--url", server.url);
  expect(refused).toEqual({ code: 1, output: expect.stringContaining("Set ADMIN_TOKEN") });
  expect(await demo("t", "--users", "none")).toEqual({ code: 1, output: expect.stringContaining("--users must be") });
  expect(await demo("t", "--uzers", "1")).toEqual({ code: 1, output: expect.stringContaining("Usage: npm run demo") });
});
