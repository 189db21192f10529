import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { AuditOutcome } from "#gen/streak/v1/audit_pb.ts";
import { hashAdminToken } from "#src/call/authenticator.ts";
import { ADMIN_TOKEN, openApp, type TestApp } from "../support/app.ts";

/** An entry as REST shows it. */
interface Entry extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly resource: string;
}

async function list(app: TestApp, query = ""): Promise<Entry[]> {
  const { status, json, text } = await app.admin("GET", `/admin/audit${query}`);
  expect(status, text).toBe(200);
  return json.entries;
}

/** What every entry of a change by root has. */
const BY_ROOT = {
  id: expect.stringMatching(/^[0-9a-f]{26}$/),
  time: "2024-01-12T12:00:00.000Z",
  outcome: "done",
  actor: "root",
  actorName: "",
  address: "127.0.0.1",
  clipped: [],
  code: "",
  count: 0,
};

const WIDGET = {
  event: "visit",
  mode: "cumulative",
  milestones: [{ id: "week", target: 7, msg: "1 week!", rewardType: "badge" }],
  settings: { theme: { name: "dark" }, position: "top-left", mainMessage: "Go on!" },
  earlierRules: [],
};
const SHOP = {
  siteKey: "shop",
  name: "The shop",
  allowedOrigins: ["https://shop.example.com"],
  timeZone: "Europe/Berlin",
  live: true,
  signedUsers: "never",
  analytics: { keepRepeats: false, metaKeys: ["plan"] },
  widgets: [WIDGET],
  holidays: [],
};

test("each change leaves one entry that says who, from where, what, before and after", async () => {
  const app = await openApp();
  const created = await app.admin("POST", "/admin/projects", SHOP);
  await app.admin("PATCH", "/admin/projects/shop", { live: false, name: "The shop", timeZone: "UTC" });
  await app.admin("PATCH", "/admin/projects/shop", { analytics: { keepRepeats: true } });
  await app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "anon", userHash: "user" });
  await app.admin("DELETE", "/admin/projects/shop");

  const entries = await list(app);

  const { etag, ...asCreated } = created.json;
  const shop = { ...BY_ROOT, siteKey: "shop", requestId: expect.any(String) };
  expect(entries).toEqual([
    { ...shop, method: "streak.v1.AdminService/DeleteProject", resource: "projects/shop", before: expect.any(Object) },
    {
      ...shop,
      method: "streak.v1.AdminService/AliasUser",
      resource: "projects/shop/users/anon",
      before: { userHash: "anon" },
      after: { userHash: "user" },
    },
    {
      ...shop,
      method: "streak.v1.AdminService/UpdateProject",
      resource: "projects/shop",
      before: { analytics: { keepRepeats: false, metaKeys: ["plan"] } },
      after: { analytics: { keepRepeats: true, metaKeys: [] } },
    },
    {
      ...shop,
      method: "streak.v1.AdminService/UpdateProject",
      resource: "projects/shop",
      before: { live: true, timeZone: "Europe/Berlin" },
      after: { live: false, timeZone: "UTC" },
    },
    { ...shop, method: "streak.v1.AdminService/CreateProject", resource: "projects/shop", after: asCreated },
  ]);
  expect(entries[0]?.before).toEqual({
    ...{ ...SHOP, live: false, timeZone: "UTC" },
    analytics: { keepRepeats: true, metaKeys: [] },
  });
  expect(entries[4]?.requestId).toBe(created.headers.get("X-Request-Id"));
});

test("the log is there over gRPC too, and so are changes that come by it", async () => {
  const app = await openApp();
  const authorize: NonNullable<Parameters<typeof createGrpcTransport>[0]["interceptors"]>[number] =
    (next) => (call) => {
      call.header.set("X-Admin-Token", ADMIN_TOKEN);
      return next(call);
    };
  const admin = createClient(AdminService, createGrpcTransport({ baseUrl: app.url, interceptors: [authorize] }));

  await admin.updateProject({ project: { siteKey: "proj_demo", name: "New" }, updateMask: { paths: ["name"] } });
  const { entries, nextPageToken } = await admin.listAuditEntries({ siteKey: "proj_demo", actor: "root" });

  expect(nextPageToken).toBe("");
  expect(entries).toMatchObject([
    {
      outcome: AuditOutcome.DONE,
      actor: "root",
      method: "streak.v1.AdminService/UpdateProject",
      before: { name: "Demo" },
      after: { name: "New" },
    },
  ]);
});

test("reads, events, and changes that are refused or change nothing leave no entry", async () => {
  const app = await openApp();
  const link = { siteKey: "proj_demo", anonymousId: "anon", userHash: "user" };
  await app.admin("POST", "/admin/alias", link);
  const before = await list(app);

  const statuses = [
    await app.admin("GET", "/admin/projects/proj_demo"),
    await app.admin("GET", "/admin/projects"),
    await app.post("/v1/e", { siteKey: "proj_demo", userHash: "u", event: "visit" }, { "X-Admin-Token": ADMIN_TOKEN }),
    await app.admin("POST", "/admin/projects", { siteKey: "proj_demo" }),
    await app.admin("PATCH", "/admin/projects/none", { name: "x" }),
    await app.admin("PATCH", "/admin/projects/proj_demo", { timeZone: "Nowhere" }),
    await app.admin("DELETE", "/admin/projects/none"),
    await app.admin("POST", "/admin/alias", link),
    await app.admin("POST", "/admin/alias", { siteKey: "proj_demo", anonymousId: "user", userHash: "anon" }),
    await app.admin("POST", "/admin/alias", { siteKey: "none", anonymousId: "user", userHash: "anon" }),
  ].map(({ status }) => status);

  expect(statuses).toEqual([200, 200, 202, 409, 404, 400, 404, 204, 400, 400]);
  expect(await list(app)).toEqual(before);
});

test("pages go back in time, and what is added meanwhile moves nothing", async () => {
  const app = await openApp();
  const rename = (name: string) => app.admin("PATCH", "/admin/projects/proj_demo", { name });
  for (const name of ["1", "2", "3", "4", "5"]) {
    app.now += 1000;
    await rename(name);
  }
  const namesOf = (json: { entries: { after: { name: string } }[] }) => json.entries.map(({ after }) => after.name);

  const first = (await app.admin("GET", "/admin/audit?pageSize=2")).json;
  await rename("6");
  const second = (await app.admin("GET", `/admin/audit?pageSize=2&pageToken=${first.nextPageToken}`)).json;
  const third = (await app.admin("GET", `/admin/audit?pageSize=2&pageToken=${second.nextPageToken}`)).json;

  expect([first, second, third].map(namesOf)).toEqual([["5", "4"], ["3", "2"], ["1"]]);
  expect(third.nextPageToken).toBe("");
});

test("a page holds 50 entries unless it is told, and 200 at most", async () => {
  const app = await openApp();
  for (let made = 0; made < 210; made += 30) {
    const renames = Array.from({ length: 30 }, (_, index) => ({ name: `${made + index}` }));
    await Promise.all(renames.map((body) => app.admin("PATCH", "/admin/projects/proj_demo", body)));
  }

  expect(await list(app)).toHaveLength(50);
  expect(await list(app, "?pageSize=1000000")).toHaveLength(200);
});

test("filters choose by project and by actor, also for projects that are gone", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", SHOP);
  await app.admin("DELETE", "/admin/projects/shop");
  await app.admin("PATCH", "/admin/projects/proj_demo", { name: "New" });
  const resources = async (query: string) => (await list(app, query)).map(({ resource }) => resource);

  expect(await resources("?siteKey=shop")).toEqual(["projects/shop", "projects/shop"]);
  expect(await resources("?siteKey=proj_demo&actor=root")).toEqual(["projects/proj_demo"]);
  expect(await resources("?actor=root")).toHaveLength(3);
  expect(await resources("?actor=tok_none")).toEqual([]);
  expect(await resources("?siteKey=none")).toEqual([]);
});

test.each([
  ["?pageSize=-1", "pageSize"],
  ["?pageToken=AAAA", "pageToken"],
  ["?siteKey=proj_demo&pageToken=OTHER", "pageToken"],
])("GET /admin/audit%s is INVALID_BODY, and names %s", async (query, field) => {
  const app = await openApp();
  await app.admin("PATCH", "/admin/projects/proj_demo", { name: "1" });
  await app.admin("PATCH", "/admin/projects/proj_demo", { name: "2" });
  const { nextPageToken } = (await app.admin("GET", "/admin/audit?pageSize=1")).json;

  const answer = await app.admin("GET", `/admin/audit${query.replace("OTHER", nextPageToken)}`);

  expect([answer.status, answer.json.error, answer.json.field]).toEqual([400, "INVALID_BODY", field]);
});

test("the address of a client is in one form, whatever the server listens on and the call comes by", async () => {
  const app = await openApp({ HOST: "::" });
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  await app.admin("PATCH", "/admin/projects/proj_demo", { name: "1" });
  for (const httpVersion of ["1.1", "2"] as const) {
    const admin = createClient(AdminService, createConnectTransport({ baseUrl: app.url, httpVersion }));
    const project = { siteKey: "proj_demo", name: httpVersion };
    await admin.updateProject({ project, updateMask: { paths: ["name"] } }, { headers });
  }

  expect((await list(app)).map(({ address }) => address)).toEqual(["127.0.0.1", "127.0.0.1", "127.0.0.1"]);
});

test("refused attempts are counted by caller, method and code", async () => {
  const app = await openApp();
  const wrong = { "X-Admin-Token": "wrong-token-of-somebody" };
  for (let attempt = 0; attempt < 3; attempt++) {
    await app.get("/admin/projects", wrong);
  }
  await app.get("/admin/projects/proj_demo");
  await app.admin("PATCH", "/admin/projects/proj_demo", { name: "New" });
  // Stopping writes down what was counted last, as the end of a minute does.
  await app.restart();

  const refused = await list(app, "?actor=anonymous");

  const common = { ...BY_ROOT, outcome: "refused", actor: "anonymous", code: "UNAUTHORIZED" };
  const texts = { requestId: "", siteKey: "", resource: "" };
  expect(refused).toEqual(
    expect.arrayContaining([
      { ...common, ...texts, method: "streak.v1.AdminService/ListProjects", count: 3 },
      { ...common, ...texts, method: "streak.v1.AdminService/GetProject", count: 1 },
    ]),
  );
  expect(refused).toHaveLength(2);
  expect(await list(app)).toHaveLength(3);
});

test("no secret is in the log as it is stored", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", SHOP);
  const { id, secret: signingSecret } = (await app.admin("POST", "/admin/projects/shop/signingSecrets")).json;
  await app.admin("DELETE", `/admin/projects/shop/signingSecrets/${id}`);
  await app.get("/admin/projects", { "X-Admin-Token": "wrong-token-of-somebody" });
  const [deleted, made] = await list(app);
  expect(deleted).toMatchObject({ resource: `projects/shop/signingSecrets/${id}`, before: { id } });
  expect(made).toMatchObject({ resource: `projects/shop/signingSecrets/${id}`, after: { id } });
  await app.restart();

  const database = new DatabaseSync(join(app.dataDir, "streakd.db"), { readOnly: true });
  const stored = JSON.stringify(database.prepare("SELECT * FROM audit").all());
  database.close();

  expect(stored).toContain("The shop");
  for (const secret of [ADMIN_TOKEN, hashAdminToken(ADMIN_TOKEN), "wrong-token-of-somebody", signingSecret]) {
    expect(stored).not.toContain(secret);
  }
});

test("a change that can't be written down is not made, and can be sent again", async () => {
  const app = await openApp();
  const database = new DatabaseSync(join(app.dataDir, "streakd.db"));
  // As a store that takes no entry: the change alone could be made.
  database.exec("CREATE TRIGGER refuse BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'no'); END");

  const refused = await app.admin("PATCH", "/admin/projects/proj_demo", { name: "New" });
  const between = await app.admin("GET", "/admin/projects/proj_demo");
  database.exec("DROP TRIGGER refuse");
  database.close();
  const again = await app.admin("PATCH", "/admin/projects/proj_demo", { name: "New" });

  expect([refused.status, between.json.name, again.status]).toEqual([500, "Demo", 200]);
  expect(await list(app)).toHaveLength(1);
});

test("a change that is larger than an entry may be says which fields are left out", async () => {
  const app = await openApp();
  const widgets = Array.from({ length: 50 }, (_, index) => ({ ...WIDGET, event: `event_${index}` }));

  await app.admin("PATCH", "/admin/projects/proj_demo", { name: "New", widgets });

  const [entry] = await list(app);
  expect(entry).toMatchObject({ clipped: ["widgets"], after: { name: "New" } });
  expect(entry?.after).not.toHaveProperty("widgets");
});
