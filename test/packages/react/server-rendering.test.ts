import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { StreakWidget, useStreak } from "../../../packages/react/src/index.ts";
import { openHttpServer } from "../../support/http-server.ts";

test("while a server renders, the hook knows nothing and calls nobody, and the widget is an empty element", async () => {
  const paths: (string | undefined)[] = [];
  const baseUrl = await openHttpServer((request, response) => {
    paths.push(request.url);
    response.end("{}");
  });
  const streak = { baseUrl, projectId: "proj_demo", event: "visit" };

  function Page() {
    const { state, error, isLoading, record, refresh } = useStreak(streak);
    record();
    refresh();
    return createElement("p", null, JSON.stringify({ state, error, isLoading }), createElement(StreakWidget, streak));
  }
  expect(renderToString(createElement(Page))).toBe(
    `<p>{&quot;isLoading&quot;:true}<streak-widget base="${baseUrl}" project="proj_demo" event="visit"></streak-widget></p>`,
  );
  await fetch(`${baseUrl}/last`);
  expect(paths).toEqual(["/last"]);
});
