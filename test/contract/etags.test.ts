import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { ADMIN_TOKEN, openApp, type TestApp } from "../support/app.ts";
import { makeSigningSecret } from "../support/jwt.ts";
import { outcomeOf } from "../support/tokens.ts";

const DEMO = "/admin/projects/proj_demo";
const read = async (app: TestApp) => (await app.admin("GET", DEMO)).json;
const etagOf = async (app: TestApp): Promise<string> => (await read(app)).etag;
const patch = (app: TestApp, body: object, query = "") => app.admin("PATCH", DEMO + query, body);

test("of two people who edit the same project, the later one is told, and nothing of theirs is saved", async () => {
  const app = await openApp();
  const [ann, bob] = [await read(app), await read(app)];
  const saved = await patch(app, { ...ann, name: "Ann's" });
  expect([saved.status, saved.json]).toEqual([200, { ...ann, name: "Ann's", etag: expect.any(String) }]);

  const refused = await patch(app, { ...bob, timeZone: "Asia/Tokyo" });
  expect(outcomeOf(refused)).toBe("409 ETAG_MISMATCH");
  expect(refused.json).toMatchObject({
    message: expect.stringMatching(/^The project "proj_demo" has changed since you read it\. Read it again,/),
    field: "etag",
  });
  expect(await read(app)).toEqual(saved.json);

  const again = await patch(app, { ...(await read(app)), timeZone: "Asia/Tokyo" });
  expect(again.json).toMatchObject({ name: "Ann's", timeZone: "Asia/Tokyo" });
});

test("of changes at the same time that expect the same etag, one is made", async () => {
  const app = await openApp();
  const etag = await etagOf(app);
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => patch(app, { name: `By ${i}`, etag })));
  expect(answers.map(outcomeOf).toSorted()).toEqual(["200", ...Array(7).fill("409 ETAG_MISMATCH")]);
  const [made] = answers.filter(({ status }) => status === 200);
  expect(await read(app)).toEqual(made?.json);
});

test("without an etag, or with an empty one, a change is made in any case", async () => {
  const app = await openApp();
  const etag = await etagOf(app);
  await patch(app, { name: "First" });
  expect(outcomeOf(await patch(app, { name: "Second" }))).toBe("200");
  expect(outcomeOf(await patch(app, { name: "Third", etag: "" }))).toBe("200");
  expect(outcomeOf(await patch(app, { name: "Fourth", etag }))).toBe("409 ETAG_MISMATCH");
});

test("every change of a field changes the etag, and it never comes back; what changes nothing leaves it", async () => {
  const app = await openApp();
  const seen = [await etagOf(app)];
  const { name } = await read(app);
  const rateLimit = { requestsPerSecond: 50 };
  const plan = { name: "custom", activeStreakers: 5 };
  for (const change of [{ name: "Another" }, { name }, { rateLimit }, { plan }, { live: false }, { widgets: [] }]) {
    const { json } = await patch(app, change);
    expect(seen).not.toContain(json.etag);
    expect(await etagOf(app)).toBe(json.etag);
    seen.push(json.etag);
  }
  await patch(app, { live: false });
  await makeSigningSecret(app);
  expect(await etagOf(app)).toBe(seen.at(-1));
});

test("a new project has an etag that lists show too, and whose value at the creation means nothing", async () => {
  const app = await openApp();
  const { json } = await app.admin("POST", "/admin/projects", { siteKey: "mine", etag: "chosen" });
  expect(json.etag).toMatch(/^[\w-]{12}$/);
  const { projects } = (await app.admin("GET", "/admin/projects")).json;
  expect(projects.map(({ etag }: { etag: string }) => etag)).toEqual([json.etag, await etagOf(app)]);
});

test("an etag of an earlier project with the same siteKey is not the next one's", async () => {
  const app = await openApp();
  const { json } = await app.admin("POST", "/admin/projects", { siteKey: "mine" });
  await app.admin("DELETE", "/admin/projects/mine");
  await app.admin("POST", "/admin/projects", { siteKey: "mine" });
  const answer = await app.admin("PATCH", "/admin/projects/mine", { name: "Mine", etag: json.etag });
  expect(outcomeOf(answer)).toBe("409 ETAG_MISMATCH");
});

test("an etag is no field to change", async () => {
  const app = await openApp();
  const etag = await etagOf(app);
  const answer = await patch(app, { name: "New", etag }, "?updateMask=name,etag");
  expect(outcomeOf(answer)).toBe("400 INVALID_BODY");
  expect(outcomeOf(await patch(app, { etag }))).toBe("400 INVALID_BODY");
  expect(outcomeOf(await patch(app, { name: "New", etag: "x".repeat(65) }))).toBe("400 INVALID_BODY");
  expect(outcomeOf(await patch(app, { name: "New", live: false, etag }, "?updateMask=name"))).toBe("200");
});

test("a refused change is no change in the audit log, which has no etags", async () => {
  const app = await openApp();
  const etag = await etagOf(app);
  await patch(app, { name: "First", etag });
  await patch(app, { name: "Second", etag });
  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=proj_demo")).json;
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({ after: { name: "First" } });
  expect(JSON.stringify(entries)).not.toContain("etag");
});

test("over RPC the error is ABORTED, with its code", async () => {
  const app = await openApp();
  const admin = createClient(AdminService, createConnectTransport({ baseUrl: app.url, httpVersion: "1.1" }));
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const update = (name: string, etag: string) =>
    admin.updateProject(
      { project: { siteKey: "proj_demo", name, etag }, updateMask: { paths: ["name"] } },
      { headers },
    );
  const { project } = await admin.getProject({ siteKey: "proj_demo" }, { headers });
  const etag = project?.etag ?? "";
  expect((await update("First", etag)).project?.name).toBe("First");
  const error = ConnectError.from(await update("Second", etag).catch((error) => error));
  expect([error.code, error.findDetails(ErrorInfoSchema)[0]?.reason]).toEqual([Code.Aborted, "ETAG_MISMATCH"]);
});
