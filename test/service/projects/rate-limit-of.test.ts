import { expect, test } from "vitest";
import type { Project } from "#src/domain/project.ts";
import { Projects } from "#src/service/projects/projects.ts";
import type { ProjectStore } from "#src/store/projects.ts";

const BY_DEFAULT = { requestsPerSecond: 50, burst: 50 };
const OWN = { requestsPerSecond: 5, burst: 10 };

/** Projects of a store that counts how often it is read, and holds `own`, `usual` and, as older versions do, `old`. */
function openProjects() {
  const project = (fields: object) => ({ allowedOrigins: [], widgets: [], ...fields }) as unknown as Project;
  const stored = new Map([
    ["own", project({ rateLimit: OWN })],
    ["usual", project({})],
    ["old", project({})],
  ]);
  const reads: string[] = [];
  async function readProject(siteKey: string): Promise<Project | undefined> {
    reads.push(siteKey);
    return stored.get(siteKey);
  }
  return { projects: new Projects({ readProject } as unknown as ProjectStore, false), reads, stored };
}

test.each([
  ["own", OWN],
  ["usual", BY_DEFAULT],
  ["old", BY_DEFAULT],
  ["none", undefined],
])("of the project %s it is %o", async (siteKey, limit) => {
  const { projects } = openProjects();
  expect(await projects.rateLimitOf(siteKey, BY_DEFAULT)).toEqual(limit);
});

test("is known at once when the project is ready", async () => {
  const { projects } = openProjects();
  await projects.open("own");
  expect(projects.rateLimitOf("own", BY_DEFAULT)).toEqual(OWN);
});

test.each(["own", "none"])(
  "costs no read of the store: a call reads the project %s once, as without limits",
  async (siteKey) => {
    const { projects, reads } = openProjects();
    for (let calls = 1; calls <= 3; calls += 1) {
      await projects.rateLimitOf(siteKey, BY_DEFAULT);
      await projects.open(siteKey).catch(() => {});
      expect(reads).toHaveLength(siteKey === "none" ? calls : 1);
      // The next call comes in another turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
);

test("a project that was missing is found in the next turn after it was made elsewhere", async () => {
  const { projects, stored } = openProjects();
  await projects.rateLimitOf("new", BY_DEFAULT);
  stored.set("new", stored.get("own") as Project);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await projects.rateLimitOf("new", BY_DEFAULT)).toEqual(OWN);
});
