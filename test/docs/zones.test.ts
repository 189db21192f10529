import { expect, test } from "vitest";
import { openApp } from "../support/app.ts";
import { requireTool } from "../support/tools.ts";
import { CURL, examplesOf, expectAnswers } from "./api-examples.ts";

test("the command that corrects a zone in docs/api.md is answered as the page says", async (context) => {
  requireTool(context, CURL);
  const app = await openApp();
  await app.admin("POST", "/admin/projects", { siteKey: "my_app", widgets: [{ event: "lesson" }] });
  for (const ts of [
    "2024-01-09T07:00+09:00",
    "2024-01-10T08:00+09:00",
    "2024-01-10T22:00+09:00",
    "2024-01-12T07:30+09:00",
  ]) {
    await app.record({ siteKey: "my_app", userHash: "kim", event: "lesson", ts, tz: "UTC" });
  }

  const examples = examplesOf("Users");
  expect(examples).toHaveLength(1);
  await expectAnswers(app, examples);
});
