import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { MilestoneScope } from "#gen/streak/v1/project_pb.ts";
import { ADMIN_TOKEN, openApp, useApp } from "../support/app.ts";

const running = useApp();
const FIELDS = { id: "m", target: 7, msg: "", rewardType: "message" };

/** Creates a project with one widget that has these milestones. */
async function create(siteKey: string, milestones: readonly object[]) {
  return running.app.admin("POST", "/admin/projects", { siteKey, widgets: [{ event: "visit", milestones }] });
}

test("a milestone has its scope, and repeats where it says so, also after a restart", async () => {
  const app = await openApp();
  const milestones = [
    { ...FIELDS, id: "a", scope: "run" },
    { ...FIELDS, id: "b", scope: "ever", repeats: true },
    { ...FIELDS, id: "c", scope: "run", repeats: true },
  ];
  const widgets = [{ event: "visit", milestones }];
  const { json } = await app.admin("POST", "/admin/projects", { siteKey: "shop", widgets });
  expect(json.widgets[0].milestones).toEqual(milestones);
  await app.restart();
  const { json: read } = await app.admin("GET", "/admin/projects/shop");
  expect(read.widgets[0].milestones).toEqual(milestones);
});

test("a milestone without a scope has no further field, and one that does not repeat does not say so", async () => {
  const { json } = await create("plain", [
    { ...FIELDS, id: "a", repeats: false },
    { ...FIELDS, id: "b", scope: "ever", repeats: false },
  ]);
  expect(json.widgets[0].milestones).toEqual([
    { ...FIELDS, id: "a" },
    { ...FIELDS, id: "b", scope: "ever" },
  ]);
});

test.each([
  [{ repeats: true }, "repeats", "means nothing without a scope, since the milestone is not awarded then."],
  [{ scope: "never" }, "scope", "must be one of run, ever"],
  [{ scope: "" }, "scope", "must be one of run, ever"],
])("a milestone with %j is refused for %s", async (fields, field, problem) => {
  const { json } = await create("refused", [FIELDS, { ...FIELDS, id: "n", ...fields }]);
  expect(json).toEqual({
    error: "INVALID_BODY",
    field: `widgets[0].milestones[1].${field}`,
    message: expect.stringContaining(problem),
  });
});

test("over RPC a milestone has its scope in the same words", async () => {
  const { app } = running;
  const admin = createClient(AdminService, createConnectTransport({ baseUrl: app.url, httpVersion: "1.1" }));
  const milestones = [{ id: "a", target: 7, scope: MilestoneScope.RUN, repeats: true }];
  const { project } = await admin.createProject(
    { project: { siteKey: "rpc", widgets: [{ event: "visit", milestones }] } },
    { headers: { "X-Admin-Token": ADMIN_TOKEN } },
  );
  expect(project?.widgets[0]?.milestones).toMatchObject(milestones);
  const { json } = await app.admin("GET", "/admin/projects/rpc");
  expect(json.widgets[0].milestones[0]).toMatchObject({ scope: "run", repeats: true });
});
