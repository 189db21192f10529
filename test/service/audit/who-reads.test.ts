import { expect, test } from "vitest";
import { holder, holderFor, type OpenAudit, openAudit, ROOT } from "./support.ts";

/** Makes a token's holder for the project `shop` as it is now. */
function holderForShop(opened: OpenAudit) {
  return holderFor(opened, "shop", { id: "tok_shop", name: "Shop", scopes: ["project:manage"] });
}

async function rename(opened: OpenAudit, principal: Parameters<OpenAudit["call"]>[0], siteKey: string, name: string) {
  const updateMask = { paths: ["name"] };
  await opened.call(principal, "updateProject", { project: { siteKey, name }, updateMask });
}

async function read(opened: OpenAudit, principal: Parameters<OpenAudit["call"]>[0], siteKey = "", actor = "") {
  const { entries } = await opened.call(principal, "listAuditEntries", { siteKey, actor });
  return entries.map(({ actorName, method, siteKey: of }) => `${actorName || "root"} ${method.split("/")[1]} ${of}`);
}

async function openWithTwoProjects(): Promise<OpenAudit> {
  const opened = await openAudit();
  for (const siteKey of ["shop", "blog"]) {
    await opened.call(ROOT, "createProject", { project: { siteKey } });
  }
  await rename(opened, await holderForShop(opened), "shop", "By the shop");
  await rename(opened, holder({ id: "tok_all", name: "All" }), "blog", "By all");
  return opened;
}

test("a project's token reads the entries of its project, and must name it", async () => {
  const opened = await openWithTwoProjects();
  const ofShop = await holderForShop(opened);

  expect(await read(opened, ofShop, "shop")).toEqual(["Shop UpdateProject shop", "root CreateProject shop"]);
  expect(await read(opened, ofShop, "shop", "root")).toEqual(["root CreateProject shop"]);
  await expect(read(opened, ofShop, "blog")).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(read(opened, ofShop)).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("root and a token for all projects read everything, filtered by project and by the id of a token", async () => {
  const opened = await openWithTwoProjects();
  const everything = [
    "All UpdateProject blog",
    "Shop UpdateProject shop",
    "root CreateProject blog",
    "root CreateProject shop",
  ];

  for (const principal of [ROOT, holder({ scopes: ["project:manage"] })]) {
    expect(await read(opened, principal)).toEqual(everything);
    expect(await read(opened, principal, "blog")).toEqual(["All UpdateProject blog", "root CreateProject blog"]);
    expect(await read(opened, principal, "", "tok_shop")).toEqual(["Shop UpdateProject shop"]);
  }
});

test("a caller without the scope reads nothing", async () => {
  const opened = await openWithTwoProjects();
  const anonymous = { kind: "anonymous", origin: undefined, address: undefined } as const;

  await expect(read(opened, anonymous)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(read(opened, holder({ scopes: ["users:manage"] }))).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("who has deleted a project stays readable, but not for the project that is made anew with its siteKey", async () => {
  const opened = await openWithTwoProjects();
  await opened.call(ROOT, "deleteProject", { siteKey: "shop" });
  await opened.call(ROOT, "createProject", { project: { siteKey: "shop" } });

  expect(await read(opened, await holderForShop(opened), "shop")).toEqual(["root CreateProject shop"]);
  expect(await read(opened, ROOT, "shop")).toEqual([
    "root CreateProject shop",
    "root DeleteProject shop",
    "Shop UpdateProject shop",
    "root CreateProject shop",
  ]);
});

test("an entry names the token's id and name, and the address that it came from", async () => {
  const opened = await openWithTwoProjects();

  const { entries } = await opened.call(ROOT, "listAuditEntries", { actor: "tok_shop" });

  expect(entries).toMatchObject([
    { actor: "tok_shop", actorName: "Shop", address: "192.0.2.2", requestId: "a-request" },
  ]);
});

test("a page can't be read on as part of another list", async () => {
  const opened = await openWithTwoProjects();
  const { nextPageToken: pageToken } = await opened.call(ROOT, "listAuditEntries", { pageSize: 1 });

  const others = [{ siteKey: "shop" }, { actor: "root" }];
  for (const filter of others) {
    await expect(opened.call(ROOT, "listAuditEntries", { ...filter, pageToken })).rejects.toMatchObject({
      code: "INVALID_BODY",
      field: "pageToken",
    });
  }
  expect((await opened.call(ROOT, "listAuditEntries", { pageSize: 1, pageToken })).entries).toHaveLength(1);
});
