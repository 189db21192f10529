import { expect, test } from "vitest";
import { openApp } from "../support/app.ts";
import { requireTool } from "../support/tools.ts";
import { CURL, examplesOf, expectAnswers } from "./api-examples.ts";

test("the commands about the ledger in docs/api.md are answered as the page says", async (context) => {
  requireTool(context, CURL);
  const app = await openApp();
  const widgets = [
    { event: "lesson" },
    { event: "review", rules: { freezes: {} } },
    { event: "workout", rules: { repairs: { withinDays: 3, onceInDays: 30 } } },
  ];
  await app.admin("POST", "/admin/projects", { siteKey: "my_app", widgets });
  for (const day of ["03", "04", "05", "06", "07"]) {
    await app.record({ siteKey: "my_app", userHash: "ann", event: "lesson", ts: `2024-01-${day}T09:00:00Z` });
  }
  for (const day of ["08", "09", "10"]) {
    await app.record({ siteKey: "my_app", userHash: "ben", event: "review", ts: `2024-01-${day}T09:00:00Z` });
  }
  for (const day of ["07", "08", "09"]) {
    await app.record({ siteKey: "my_app", userHash: "cat", event: "workout", ts: `2024-01-${day}T09:00:00Z` });
  }

  const examples = examplesOf("The ledger");
  expect(examples).toHaveLength(9);
  for (const example of examples) {
    await expectAnswers(app, [example]);
    app.now += 60_000;
  }
});
