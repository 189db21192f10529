import { expect, test } from "vitest";
import { openApp } from "../support/app.ts";
import { requireTool } from "../support/tools.ts";
import { CURL, examplesOf, expectAnswers } from "./api-examples.ts";

test("the commands about amnesties in docs/api.md are answered as the page says", async (context) => {
  requireTool(context, CURL);
  const app = await openApp();
  await app.admin("POST", "/admin/projects", { siteKey: "my_app", widgets: [{ event: "lesson" }] });
  for (const day of ["06", "07", "08", "09", "11"]) {
    await app.record({ siteKey: "my_app", userHash: "ann", event: "lesson", ts: `2024-01-${day}T09:00:00Z` });
  }
  await app.record({ siteKey: "my_app", userHash: "ben", event: "lesson" });

  const examples = examplesOf("Amnesties");
  expect(examples).toHaveLength(4);
  for (const example of examples) {
    await expectAnswers(app, [example]);
    app.now += 60_000;
  }
});
