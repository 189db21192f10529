import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRound, ROUND_MS } from "#src/job/counting-round.ts";
import { Analytics } from "#src/service/analytics/analytics.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import type { Stores } from "#src/store/stores.ts";
import { checkIn, NOW, project } from "../store/conformance/fixture.ts";
import { silentLog } from "../support/log.ts";

const PROJECTS = ["p1", "p2", "p3"];

let folder: string;
let stores: Stores;
let now: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "streakd-test-"));
  stores = await openSqliteStores(folder, silentLog);
  now = NOW;
  for (const id of PROJECTS) {
    await stores.projects.createProject(project({ id, siteKey: `site_${id}` }));
  }
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

function openRound(signal = new AbortController().signal) {
  const analytics = new Analytics(
    stores.analytics,
    () => now,
    (error) => expect.unreachable(String(error)),
  );
  const count = vi.spyOn(analytics, "count");
  const round = createRound(
    { store: stores.analytics, projects: stores.projects, analytics, rest: 0 },
    () => now,
    signal,
  );
  return { round, counted: () => count.mock.calls.splice(0).map(([{ id }]) => id) };
}

async function record(projectId: string): Promise<void> {
  await stores.events.record([checkIn({ projectId })], now);
}

test("the first round counts all projects, and a later one those that have changed", async () => {
  const { round, counted } = openRound();
  await record("p1");
  await round(false);
  expect(counted()).toEqual(PROJECTS);
  await record("p2");
  await round(false);
  expect(counted()).toEqual(["p2"]);
  expect((await stores.analytics.listSegments("p2"))[0]?.counted?.users).toBe(1);
  await round(false);
  expect(counted()).toEqual([]);
});

test("what a round had no time for is counted by the next one, first the projects that have waited", async () => {
  const { round, counted } = openRound();
  const readHistories = vi.spyOn(stores.analytics, "readHistories");
  readHistories.mockImplementationOnce(async () => {
    now += ROUND_MS;
    return { histories: [], last: undefined };
  });
  await round(false);
  expect(counted()).toEqual(["p1"]);
  await round(false);
  expect(counted()).toEqual(["p2", "p3"]);
});

test("when another instance may have counted meanwhile, all projects are looked at again", async () => {
  const { round, counted } = openRound();
  await round(false);
  counted();
  await round(true);
  expect(counted()).toEqual(PROJECTS);
});

test("a project that was deleted is not looked for again", async () => {
  const { round, counted } = openRound();
  await round(false);
  counted();
  await record("p2");
  await stores.projects.deleteProject(project({ id: "p2", siteKey: "site_p2" }));
  const listProjects = vi.spyOn(stores.projects, "listProjects");
  await round(false);
  listProjects.mockClear();
  await round(false);
  expect(counted()).toEqual([]);
  expect(listProjects).not.toHaveBeenCalled();
});

test("a round ends when the server closes, and leaves the rest", async () => {
  const closing = new AbortController();
  const { round, counted } = openRound(closing.signal);
  closing.abort();
  await round(false);
  expect(counted()).toEqual([]);
});
