import { expect, test } from "vitest";
import { PlanName } from "#gen/streak/v1/plan_pb.ts";
import type { Stores } from "#src/store/stores.ts";
import { project } from "../../store/conformance/fixture.ts";
import { type OpenAudit, openAudit, ROOT } from "./support.ts";

/** What happens between what a handler reads and the change that it makes. */
type Meanwhile = (stores: Stores) => Promise<unknown>;

/** Opens the methods over a store in which something happens once, just after a project is read. */
async function openWhere(first: Meanwhile, meanwhile: Meanwhile): Promise<OpenAudit> {
  let happens: Meanwhile | undefined = meanwhile;
  const opened = await openAudit((stores) => ({
    ...stores,
    projects: {
      ...stores.projects,
      async readProject(siteKey) {
        const read = await stores.projects.readProject(siteKey);
        const next = happens;
        happens = undefined;
        await next?.(stores);
        return read;
      },
    },
  }));
  await first(opened.stores);
  return opened;
}

const created: Meanwhile = ({ projects }) => projects.createProject(project({ siteKey: "shop" }));
const madeAnew: Meanwhile = async ({ projects }) => {
  await projects.deleteProject(project({ siteKey: "shop" }));
  await projects.createProject(project({ siteKey: "shop", id: "p2", name: "The new one" }));
};

async function entriesOf(opened: OpenAudit): Promise<string[]> {
  const { entries } = await opened.call(ROOT, "listAuditEntries", {});
  return entries.map(({ method, resource }) => `${method.split("/")[1]} ${resource}`);
}

test.each<{ when: string; first: Meanwhile; meanwhile: Meanwhile }>([
  { when: "is created", first: async () => {}, meanwhile: created },
  { when: "is made anew", first: created, meanwhile: madeAnew },
])("a project that $when while a deletion of its siteKey begins stays", async ({ first, meanwhile }) => {
  const opened = await openWhere(first, meanwhile);

  await expect(opened.call(ROOT, "deleteProject", { siteKey: "shop" })).rejects.toMatchObject({ code: "NOT_FOUND" });

  expect((await opened.call(ROOT, "getProject", { siteKey: "shop" })).project?.siteKey).toBe("shop");
  expect(await entriesOf(opened)).toEqual([]);
});

test("a project that is made anew while an update of its siteKey begins stays as it is", async () => {
  const opened = await openWhere(created, madeAnew);
  const update = { project: { siteKey: "shop", name: "Another" }, updateMask: { paths: ["name"] } };

  await expect(opened.call(ROOT, "updateProject", update)).rejects.toMatchObject({ code: "NOT_FOUND" });

  expect((await opened.call(ROOT, "getProject", { siteKey: "shop" })).project?.name).toBe("The new one");
  expect(await entriesOf(opened)).toEqual([]);
});

test("a link that is there already does not undo another one that is made meanwhile", async () => {
  let isRelinked = false;
  const opened = await openAudit((stores) => ({
    ...stores,
    events: {
      ...stores.events,
      async resolveUsers(asked) {
        const resolved = await stores.events.resolveUsers(asked);
        if (isRelinked) {
          await stores.streaks.linkUser(projectId, "anon", "bob");
        }
        return resolved;
      },
    },
  }));
  await opened.call(ROOT, "createProject", { project: { siteKey: "shop" } });
  const projectId = (await opened.stores.projects.readProject("shop"))?.id as string;
  const link = { siteKey: "shop", anonymousId: "anon", userHash: "ann" };
  await opened.call(ROOT, "aliasUser", link);
  isRelinked = true;

  await opened.call(ROOT, "aliasUser", link);

  const [anon] = await opened.stores.events.resolveUsers([{ projectId, userHash: "anon", verify: true }]);
  expect(anon?.userHash).toBe("bob");
  expect(await entriesOf(opened)).toEqual(["AliasUser projects/shop/users/anon", "CreateProject projects/shop"]);
});

test("a user that is an alias can't be linked to itself either", async () => {
  const opened = await openAudit();
  await opened.call(ROOT, "createProject", { project: { siteKey: "shop" } });
  await opened.call(ROOT, "aliasUser", { siteKey: "shop", anonymousId: "anon", userHash: "ann" });

  const itself = { siteKey: "shop", anonymousId: "anon", userHash: "anon" };
  await expect(opened.call(ROOT, "aliasUser", itself)).rejects.toMatchObject({ code: "INVALID_BODY" });
});

test("an update that changes nothing writes nothing, has no entry, and answers with the project", async () => {
  const writes: unknown[] = [];
  const opened = await openAudit((stores) => ({
    ...stores,
    projects: {
      ...stores.projects,
      updateProject(key, change) {
        writes.push(change);
        return stores.projects.updateProject(key, change);
      },
    },
  }));
  const plan = { name: PlanName.GROWTH };
  await opened.call(ROOT, "createProject", { project: { siteKey: "shop", name: "The shop", plan } });
  const same = { siteKey: "shop", name: "The shop", plan };

  const { project: answer } = await opened.call(ROOT, "updateProject", {
    project: same,
    updateMask: {
      paths: ["name", "allowed_origins", "time_zone", "live", "rate_limit", "widgets", "signed_users", "plan"],
    },
  });

  expect(answer).toEqual((await opened.call(ROOT, "getProject", { siteKey: "shop" })).project);
  expect(writes).toEqual([]);
  expect(await entriesOf(opened)).toEqual(["CreateProject projects/shop"]);
});
