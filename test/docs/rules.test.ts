import { expect, test } from "vitest";
import { openApp } from "../support/app.ts";
import { requireTool } from "../support/tools.ts";
import { CURL, examplesOf, expectAnswers } from "./api-examples.ts";

test("the commands about rules in docs/api.md are answered as the page says", async (context) => {
  requireTool(context, CURL);
  const app = await openApp();
  const rules = { cadence: { kind: "days_a_week", days: 3 } };
  await app.admin("POST", "/admin/projects", { siteKey: "my_app", widgets: [{ event: "lesson", rules }] });
  const events = [
    { ts: "2024-01-02T09:00:00Z" },
    { ts: "2024-01-04T09:00:00Z" },
    { ts: "2024-01-06T09:00:00Z" },
    { ts: "2024-01-08T17:30:00Z", tz: "Europe/Berlin" },
    { ts: "2024-01-10T18:00:00Z" },
  ];
  for (const event of events) {
    await app.record({ siteKey: "my_app", userHash: "ann", event: "lesson", ...event });
  }

  const examples = examplesOf("Rules");
  expect(examples).toHaveLength(4);
  await expectAnswers(app, examples);
});
