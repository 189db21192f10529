import { expect, test } from "vitest";
import { MAX_PAGE_BYTES } from "#src/service/projects/list-projects.ts";
import { openApp, useApp } from "../support/app.ts";

const shared = useApp();

const full = {
  siteKey: "shop",
  name: "The shop",
  allowedOrigins: ["https://shop.example.com", "*.shop.example.com"],
  timeZone: "Europe/Berlin",
  live: false,
  widgets: [
    {
      event: "visit",
      mode: "cumulative",
      milestones: [{ id: "week", target: 7, msg: "1 week!", rewardType: "badge" }],
      settings: { theme: { name: "dark" }, position: "top-left", mainMessage: "Go on!" },
    },
  ],
  signedUsers: "browsers",
  analytics: { keepRepeats: true, metaKeys: ["plan", "platform"] },
  holidays: [],
};
/** The project as it is answered. */
const fullAnswer = {
  ...full,
  widgets: full.widgets.map((widget) => ({ ...widget, earlierRules: [] })),
  etag: expect.any(String),
};

test("a project comes back as it was created", async () => {
  const app = await openApp();

  const created = await app.admin("POST", "/admin/projects", full);
  const read = await app.admin("GET", "/admin/projects/shop");

  expect(created.status).toBe(201);
  expect(created.json).toEqual(fullAnswer);
  expect(read.status).toBe(200);
  expect(read.json).toEqual(fullAnswer);
});

test("what a new project leaves out has a default, and a siteKey is made", async () => {
  const app = await openApp();

  const { json } = await app.admin("POST", "/admin/projects", { widgets: [{ event: "visit" }] });

  expect(json).toEqual({
    siteKey: expect.stringMatching(/^proj_[A-Za-z0-9_-]{12}$/),
    name: json.siteKey,
    allowedOrigins: [],
    timeZone: "UTC",
    live: true,
    widgets: [
      {
        event: "visit",
        mode: "continuous",
        milestones: [],
        settings: { theme: { name: "beige" }, position: "bottom-right", mainMessage: "Keep your streak going!" },
        earlierRules: [],
      },
    ],
    holidays: [],
    signedUsers: "never",
    analytics: { keepRepeats: false, metaKeys: [] },
    etag: expect.any(String),
  });
});

test("a siteKey that is taken is 409 ALREADY_EXISTS, and the project there stays as it was", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", full);

  const answer = await app.admin("POST", "/admin/projects", { siteKey: "shop", name: "Another" });

  expect(answer.status).toBe(409);
  expect(answer.json.error).toBe("ALREADY_EXISTS");
  expect((await app.admin("GET", "/admin/projects/shop")).json).toEqual(fullAnswer);
});

test("PATCH changes the fields that the body holds, and no others", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", full);

  const answer = await app.admin("PATCH", "/admin/projects/shop", { live: true, allowedOrigins: [] });

  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({ ...fullAnswer, live: true, allowedOrigins: [] });
  expect((await app.admin("GET", "/admin/projects/shop")).json).toEqual(answer.json);
});

test("PATCH with an updateMask changes the fields that the mask names, and no others", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", full);

  const { json } = await app.admin("PATCH", "/admin/projects/shop?updateMask=name,timeZone", {
    name: "Renamed",
    live: true,
  });

  expect(json).toEqual({ ...fullAnswer, name: "Renamed", timeZone: "UTC" });
});

test.each([
  ["?updateMask=siteKey", { siteKey: "shop" }],
  ["?updateMask=colour", {}],
  ["?updateMask=name", { name: "x", allowedOrigins: ["*"] }],
  ["", {}],
  ["", { siteKey: "other", name: "x" }],
  ["", { timeZone: "Nowhere" }],
  ["", { allowedOrigins: ["https://example.com/path"] }],
  ["", { allowedOrigins: ["*"] }],
  ["", { widgets: [{ event: "a" }, { event: "a" }] }],
  ["", { analytics: { metaKeys: ["plan", "platform", "plan"] } }],
  ["", { analytics: { metaKeys: ["1", "2", "3", "4", "5", "6"] } }],
  ["", { analytics: { metaKeys: ["x".repeat(65)] } }],
  ["", { analytics: { keepRepeats: "yes" } }],
  ["", { widgets: [{ event: "" }] }],
  ["", { widgets: [{ event: "a", mode: "daily" }] }],
  ["", { widgets: [{ event: "a", milestones: [{ target: 0 }] }] }],
  ["", { widgets: [{ event: "a", milestones: [{ target: 1.5 }] }] }],
  [
    "",
    {
      widgets: [
        {
          event: "a",
          milestones: [
            { id: "x", target: 1 },
            { id: "x", target: 2 },
          ],
        },
      ],
    },
  ],
])("PATCH%s with %j is INVALID_BODY and changes nothing", async (query, body) => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", full);

  const answer = await app.admin("PATCH", `/admin/projects/shop${query}`, body);

  expect(answer.json.error).toBe("INVALID_BODY");
  expect((await app.admin("GET", "/admin/projects/shop")).json).toEqual(fullAnswer);
});

test("a change holds for the very next call", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", full);
  const event = { siteKey: "shop", userHash: "u", event: "like" };
  expect((await app.post("/v1/e", event)).json.error).toBe("INVALID_WIDGET_KIND");

  await app.admin("PATCH", "/admin/projects/shop", { widgets: [{ event: "like" }] });

  expect((await app.post("/v1/e", event)).status).toBe(202);
});

test("a widget that is taken away and comes back still has its days", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", { siteKey: "p", widgets: [{ event: "visit" }] });
  await app.record({ siteKey: "p" });

  await app.admin("PATCH", "/admin/projects/p", { widgets: [] });
  await app.admin("PATCH", "/admin/projects/p", { widgets: [{ event: "visit" }] });

  expect((await app.state({ siteKey: "p" })).streak.current).toBe(1);
});

test("projects are listed a page at a time, ordered by siteKey", async () => {
  const app = await openApp();
  for (const siteKey of ["c", "a", "d", "b"]) {
    await app.admin("POST", "/admin/projects", { siteKey });
  }

  const pages: string[][] = [];
  let token = "";
  do {
    const { json } = await app.admin("GET", `/admin/projects?pageSize=2&pageToken=${token}`);
    pages.push(json.projects.map((project: { siteKey: string }) => project.siteKey));
    token = json.nextPageToken;
  } while (token);

  expect(pages).toEqual([["a", "b"], ["c", "d"], ["proj_demo"]]);
});

test("a page of large projects holds fewer than were asked for, and the pages together hold all", async () => {
  const app = await openApp();
  const milestones = Array.from({ length: 50 }, (_, i) => ({ target: i + 1, msg: "m".repeat(500) }));
  const widgets = Array.from({ length: 8 }, (_, i) => ({ event: `e${i}`, milestones }));
  const siteKeys = Array.from({ length: 12 }, (_, i) => `large-${i + 10}`);
  for (const siteKey of siteKeys) {
    expect((await app.admin("POST", "/admin/projects", { siteKey, widgets })).status).toBe(201);
  }

  const pages: { readonly bytes: number; readonly siteKeys: string[] }[] = [];
  let token = "";
  do {
    const { json, text } = await app.admin("GET", `/admin/projects?pageSize=1000&pageToken=${token}`);
    pages.push({ bytes: text.length, siteKeys: json.projects.map((project: { siteKey: string }) => project.siteKey) });
    token = json.nextPageToken;
  } while (token);

  expect(pages.flatMap((page) => page.siteKeys)).toEqual([...siteKeys, "proj_demo"]);
  // The page token is all that comes on top.
  expect(Math.max(...pages.map((page) => page.bytes))).toBeLessThan(MAX_PAGE_BYTES + 1_024);
  expect(pages[0]?.siteKeys.length).toBeGreaterThan(1);
});

test.each(["pageSize=-1", "pageSize=many", "pageToken=%25"])("a list with %s is INVALID_BODY", async (q) => {
  const { app } = shared;

  expect((await app.admin("GET", `/admin/projects?${q}`)).json.error).toBe("INVALID_BODY");
});

test("a page size above the largest is lowered to it", async () => {
  const { app } = shared;

  const { status, json } = await app.admin("GET", "/admin/projects?pageSize=2147483647");

  expect(status).toBe(200);
  expect(json.projects).toEqual([expect.objectContaining({ siteKey: "proj_demo" })]);
});

test("a deleted project is gone with everything recorded, even when its siteKey is used again", async () => {
  const app = await openApp();
  const project = { siteKey: "p", widgets: [{ event: "visit" }] };
  await app.admin("POST", "/admin/projects", project);
  await app.record({ siteKey: "p", idempotencyKey: "k" });
  await app.record({ siteKey: "p" });

  expect((await app.admin("DELETE", "/admin/projects/p")).status).toBe(204);
  expect((await app.admin("DELETE", "/admin/projects/p")).json.error).toBe("NOT_FOUND");
  expect((await app.admin("GET", "/admin/projects/p")).status).toBe(404);
  expect((await app.admin("PATCH", "/admin/projects/p", { live: true })).status).toBe(404);
  expect((await app.post("/v1/e", { siteKey: "p", userHash: "u", event: "visit" })).json.error).toBe(
    "INVALID_SITE_KEY",
  );

  await app.admin("POST", "/admin/projects", project);
  expect((await app.state({ siteKey: "p" })).streak.best).toBe(0);
  await app.record({ siteKey: "p", idempotencyKey: "k" });
  expect((await app.state({ siteKey: "p" })).streak.best).toBe(1);
});

test.each([
  ["GET", "/admin/projects"],
  ["POST", "/admin/projects"],
  ["GET", "/admin/projects/proj_demo"],
  ["PATCH", "/admin/projects/proj_demo"],
  ["DELETE", "/admin/projects/proj_demo"],
])("%s %s needs the admin token", async (method, path) => {
  const { app } = shared;

  const response = await fetch(`${app.url}${path}`, { method });

  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ error: "UNAUTHORIZED", message: expect.stringContaining("X-Admin-Token") });
});
