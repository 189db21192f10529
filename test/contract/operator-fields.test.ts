import { expect, test } from "vitest";
import { useApp } from "../support/app.ts";
import { callAs, makeToken, outcomeOf } from "../support/tokens.ts";

// The fields of a project that its operator decides about, and not who runs the project.

const running = useApp();
const PATH = "/admin/projects/proj_demo";

test.each([
  ["rateLimit", { requestsPerSecond: 5, burst: 5 }],
  ["plan", { name: "scale" }],
])("a project's token must not change its project's %s, whatever its scopes", async (field, value) => {
  const { app } = running;
  const own = await makeToken(app, { siteKey: "proj_demo", scopes: ["everything"] });

  const refused = await callAs(app, own.secret, "PATCH", PATH, { [field]: value, name: "New" });

  expect(outcomeOf(refused)).toBe("403 FORBIDDEN");
  expect(refused.json.message).toBe(
    `The token "CI" is for the project "proj_demo". Its ${field} may be changed only with a token for all projects.`,
  );
  expect((await app.admin("GET", PATH)).json).toMatchObject({ name: "Demo" });
  expect(outcomeOf(await callAs(app, own.secret, "PATCH", PATH, { name: "Demo" }))).toBe("200");
  const forAll = await makeToken(app, { siteKey: "", scopes: ["project:manage"] });
  const changed = await callAs(app, forAll.secret, "PATCH", PATH, { [field]: value });
  expect(changed.json).toMatchObject({ [field]: value });
});
