import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { routes } from "#gen/rest.ts";
import { pathOf } from "#src/rest/route.ts";
import { declare, doneOn } from "../support/amnesties.ts";
import { type TestApp, useApp } from "../support/app.ts";
import { outcomeOf } from "../support/tokens.ts";

// It is Friday, 2024-01-12, in UTC. Each test has a project of its own.

const running = useApp();

const LEDGER = { userHashes: ["ann"], entryId: "new", reason: "Test" };
const DAYS = { from: "2024-01-10", to: "2024-01-11" };

/** The calls that can be tried with `validateOnly`: below `/admin/projects/{}`, each with a body that changes something. */
const CALLS: Record<string, [path: string, body: object]> = {
  "/users/{}:correctZone": ["/users/ann:correctZone", { wrongZone: "UTC", rightZone: "Asia/Tokyo", reason: "Test" }],
  "/ledger:pause": ["/ledger:pause", { ...LEDGER, from: "2024-01-10" }],
  "/ledger:unpause": ["/ledger:unpause", LEDGER],
  "/ledger:grantFreezes": ["/ledger:grantFreezes", { ...LEDGER, event: "frozen", count: 2 }],
  "/ledger:optOut": ["/ledger:optOut", LEDGER],
  "/ledger:optIn": ["/ledger:optIn", LEDGER],
  "/ledger:repair": ["/ledger:repair", { ...LEDGER, event: "mended" }],
  "/ledger:takeBack": ["/ledger:takeBack", { ...LEDGER, takenBackId: "old" }],
  "/amnesties": ["/amnesties", { ...DAYS, amnestyId: "new", reason: "Test" }],
  "/amnesties/{}:takeBack": ["/amnesties/old:takeBack", { reason: "Test" }],
};

/** Creates a project in which each of the calls has something to change. */
async function createProject(app: TestApp, siteKey: string): Promise<string> {
  const project = `/admin/projects/${siteKey}`;
  const frozen = { event: "frozen", rules: { freezes: {} } };
  const mended = { event: "mended", rules: { repairs: { withinDays: 7 } } };
  await app.admin("POST", "/admin/projects", { siteKey, widgets: [{ event: "visit" }, frozen, mended] });
  await declare(app, siteKey, { ...DAYS, amnestyId: "old", event: "visit" });
  for (const event of ["visit", "mended"]) {
    const days = ["2024-01-08", "2024-01-09"];
    await Promise.all(
      days.map((day) => app.record({ siteKey, userHash: "ann", event, ts: `${day}T22:00:00Z`, tz: "UTC" })),
    );
  }
  const pause = { ...LEDGER, entryId: "old", event: "visit", from: "2024-01-10" };
  expect(outcomeOf(await app.admin("POST", `${project}/ledger:pause`, pause))).toBe("200");
  return project;
}

/** All that the calls can change. */
async function everythingOf(app: TestApp, project: string): Promise<readonly string[]> {
  const paths = ["", "/amnesties", "/users/ann", "/users/ann/ledger"];
  return Promise.all(paths.map(async (path) => (await app.admin("GET", project + path)).text));
}

const SAMPLES = ["validateonly", "validate_only", "ValidateOnly", "dryRun", "", "__proto__", "constructor"];
const anyName = fc.oneof(fc.constantFrom(...SAMPLES), fc.string({ unit: "binary", maxLength: 100 }));

describe.each(Object.entries(CALLS))("POST …%s", (route, [path, body]) => {
  const siteKey = route.replace(/\W+/g, "_");

  test("is refused with any name that no field has, and changes nothing", async () => {
    const { app } = running;
    const project = await createProject(app, siteKey);
    const input = routes.find((candidate) => pathOf(candidate) === `/admin/projects/{}${route}`)?.method.input;
    const before = await everythingOf(app, project);
    const added = anyName.filter((name) => input?.fields.every(({ jsonName }) => jsonName !== name) ?? false);

    await fc.assert(
      fc.asyncProperty(added, fc.jsonValue(), async (name, value) => {
        const answer = await app.admin("POST", project + path, { ...body, [name]: value });
        expect(outcomeOf(answer)).toBe("400 INVALID_BODY");
        expect(answer.json.message).toContain("is not a field here; ");
      }),
      { numRuns: 40 },
    );
    const parameter = await app.admin("POST", `${project}${path}?validateOnly=true`, body);

    expect([outcomeOf(parameter), parameter.json.field]).toEqual(["400 INVALID_BODY", "validateOnly"]);
    expect(await everythingOf(app, project)).toEqual(before);
    expect(outcomeOf(await app.admin("POST", project + path, body))).toBe("200");
    expect(await everythingOf(app, project)).not.toEqual(before);
  });
});

test("these are all calls that can be tried", () => {
  const withField = routes.filter(({ method }) => method.input.fields.some(({ name }) => name === "validate_only"));
  expect(withField.map(pathOf).toSorted()).toEqual(
    Object.keys(CALLS)
      .map((route) => `/admin/projects/{}${route}`)
      .toSorted(),
  );
});

test.each([
  ["/users/ann:correctZone", "validateonly", "the nearest is validateOnly."],
  ["/users/ann:correctZone", "form", "the nearest is from."],
  ["/users/ann:correctZone", "right_zone", "the nearest is rightZone."],
  ["/ledger:pause", "untill", "it may be any of siteKey, userHashes, entryId, reason, event, from, to, validateOnly."],
  ["/ledger:repair", "from", "it may be any of siteKey, userHashes, entryId, reason, event, validateOnly."],
  ["/amnesties", "amnestyID", "the nearest is amnestyId."],
])("%s with %s says what was meant", async (path, name, help) => {
  const { json } = await running.app.admin("POST", `/admin/projects/proj_demo${path}`, { [name]: "2024-01-10" });
  expect(json).toEqual({ error: "INVALID_BODY", field: name, message: `${name} is not a field here; ${help}` });
});

test("a body that names what is in the path too, and a name that is null, are as good as without", async () => {
  const { app } = running;
  const project = await createProject(app, "named_twice");
  const body = { siteKey: "named_twice", userHash: "ann", wrongZone: "UTC", rightZone: "Asia/Tokyo", reason: "Test" };
  const { status, json } = await app.admin("POST", `${project}/users/ann:correctZone`, { ...body, from: null });
  expect([status, json.timeZone]).toEqual([200, "Asia/Tokyo"]);
});

test("calls that change nothing of what is there go on ignoring names that they don't know", async () => {
  const { app } = running;
  await createProject(app, "ignoring");
  await doneOn(app, "ignoring", "bob", ["2024-01-10"]);
  const event = { siteKey: "ignoring", userHash: "bob", event: "visit" };
  const alias = { siteKey: "ignoring", anonymousId: "anon", userHash: "bob" };
  const answers = [
    await app.post("/v1/e?debug=1", { ...event, colour: "beige" }),
    await app.get(`/v1/state?${new URLSearchParams({ ...event, colour: "beige" })}`),
    await app.admin("POST", "/admin/alias", { ...alias, colour: "beige" }),
    await app.admin("POST", "/admin/projects/ignoring/amnesties:preview", { ...DAYS, colour: "beige" }),
    await app.admin("POST", "/admin/projects", { siteKey: "new_one", colour: "beige" }),
  ];
  expect(answers.map(outcomeOf)).toEqual(["202", "200", "204", "200", "201"]);
});
