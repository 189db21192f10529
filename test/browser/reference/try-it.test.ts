import { beforeAll, expect, test } from "vitest";
import { ADMIN_TOKEN } from "../../support/app.ts";
import { makeToken } from "../../support/tokens.ts";
import { useReference } from "./support.ts";

const reference = useReference();
const ELSEWHERE = { siteKey: "elsewhere", allowedOrigins: ["https://app.example"], widgets: [{ event: "like" }] };
const OF_ELSEWHERE = '{ "siteKey": "elsewhere", "userHash": "mia", "event": "like" }';

beforeAll(() => reference.app.admin("POST", "/admin/projects", ELSEWHERE));

test("the example of an event is recorded as it is, and the example of a read shows it", async () => {
  const { open, execute } = await reference.show();
  const recorded = await execute(await open("recordEvent"));
  expect([recorded.status, JSON.parse(recorded.body)]).toEqual(["202", { ok: true }]);
  expect((await reference.app.state({ userHash: "user_abc123", event: "like" })).streak.current).toBe(1);
  const read = await execute(await open("getState"));
  expect([read.status, JSON.parse(read.body).streak.current]).toEqual(["200", 1]);
});

test("what is typed is sent", async () => {
  const { open, execute } = await reference.show();
  const operation = await open("recordEvent");
  const body = operation.getByRole("textbox", { name: "Request body" });
  await body.fill('{ "siteKey": "proj_demo", "userHash": "typed", "event": "visit" }');
  expect((await execute(operation)).status).toBe("202");
  expect((await reference.app.state({ userHash: "typed" })).streak.current).toBe(1);
  await body.fill('{ "siteKey": "proj_demo", "userHash": "typed", "event": "lik" }');
  const refused = await execute(operation);
  expect([refused.status, JSON.parse(refused.body).error]).toEqual(["400", "INVALID_WIDGET_KIND"]);
});

test("an operation with a lock needs a token, a wrong one shows the error, and the admin token does it", async () => {
  const { open, execute, authorize, page } = await reference.show();
  const operation = await open("listProjects");
  const without = await execute(operation);
  expect([without.status, JSON.parse(without.body)]).toMatchObject(["401", { error: "UNAUTHORIZED" }]);
  await authorize("wrong");
  const refused = await execute(operation);
  expect([refused.status, JSON.parse(refused.body).message]).toEqual(["401", expect.stringContaining("mistyped")]);
  await page.reload();
  // The address has the operation, which is open again; the token is gone with the page.
  await operation.getByRole("button", { name: "Execute" }).waitFor();
  await authorize(ADMIN_TOKEN);
  const listed = await execute(operation);
  expect(JSON.parse(listed.body).projects.map(({ siteKey }: { siteKey: string }) => siteKey)).toContain("elsewhere");
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, ""]);
});

test("a project that does not allow this page refuses its events, unless it has a token of the project", async () => {
  const { open, execute, authorize } = await reference.show();
  const operation = await open("recordEvent");
  await operation.getByRole("textbox", { name: "Request body" }).fill(OF_ELSEWHERE);
  const refused = await execute(operation);
  expect([refused.status, JSON.parse(refused.body).error]).toEqual(["403", "FORBIDDEN_ORIGIN"]);
  const { secret } = await makeToken(reference.app, { siteKey: "elsewhere", scopes: ["events:record"] });
  await authorize(secret);
  expect((await execute(operation)).status).toBe("202");
  const { json } = await reference.app.get("/v1/state?siteKey=elsewhere&userHash=mia&event=like");
  expect(json.streak.current).toBe(1);
});

test("what a deletion deletes must be typed", async () => {
  const { open } = await reference.show();
  const operation = await open("deleteProject");
  const deleted = operation.getByPlaceholder("siteKey");
  expect(await deleted.inputValue()).toBe("");
  await operation.getByRole("button", { name: "Execute" }).click();
  await operation.locator("input.invalid").waitFor();
  expect((await reference.app.admin("GET", "/admin/projects/proj_demo")).status).toBe(200);
});
