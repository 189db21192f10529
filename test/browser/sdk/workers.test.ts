import { expect, test } from "vitest";
import { useSite } from "../script/support.ts";

const site = useSite();

/** The text of a worker that loads the SDK as a script that is no module can, and tells what it got. */
function classicWorker(tell: string): string {
  return `import("${site.app.url}/sdk.js").then(async ({ createClient, getVisitorId, StreakdError }) => {
    const client = createClient({ baseUrl: "${site.app.url}" });
    const who = { projectId: "site", event: "read", userHash: getVisitorId() };
    const { queued } = await client.recordEvent({ ...who, ts: ${site.app.now} });
    const { streak } = await client.getState(who);
    const refused = await client.getState({ ...who, event: "nothing" }).catch((error) => error);
    ${tell}({ queued, user: who.userHash, current: streak.current, refused: refused instanceof StreakdError && refused.code });
  }).catch((error) => ${tell}(String(error)));`;
}

/** Runs a worker in a page of the site, and returns what it tells. */
async function told(kind: "Worker" | "SharedWorker", text: string): Promise<unknown> {
  const { page } = await site.open({});
  return page.evaluate(`new Promise((done, fail) => {
    const url = URL.createObjectURL(new Blob([${JSON.stringify(text)}], { type: "text/javascript" }));
    const worker = new ${kind}(url);
    (worker.port ?? worker).onmessage = ({ data }) => done(data);
    worker.onerror = ({ message }) => fail(new Error(message));
  })`);
}

const GOT = { queued: false, user: expect.stringMatching(/^anon_/), current: 1, refused: "INVALID_WIDGET_KIND" };

test("a classic worker imports the SDK, records and reads", async () => {
  const got = await told("Worker", classicWorker("postMessage"));
  expect(got).toEqual(GOT);
  expect(await site.current((got as typeof GOT).user, "read")).toBe(1);
});

test("a shared worker does, too", async () => {
  const got = await told("SharedWorker", `onconnect = ({ ports: [port] }) => { ${classicWorker("port.postMessage")} }`);
  expect(got).toEqual(GOT);
});

test("the admin token is refused in a worker", async () => {
  const got = await told(
    "Worker",
    `import("${site.app.url}/sdk.js").then(({ createClient }) => createClient({ baseUrl: "${site.app.url}", adminToken: "sk_x" }))
      .catch(({ code }) => postMessage(code));`,
  );
  expect(got).toBe("ADMIN_TOKEN_IN_BROWSER");
});

test("a service worker that is a module records", async () => {
  const script = site.put({
    script: `import { createClient } from "${site.app.url}/sdk.js";
      const client = createClient({ baseUrl: "${site.app.url}" });
      onmessage = async ({ data, source }) => source.postMessage(await client.recordEvent(data).catch(String));`,
  });
  const { page } = await site.open({});
  const event = { projectId: "site", event: "read", userHash: "service-worker", ts: site.app.now };
  const got = await page.evaluate(`new Promise(async (done, fail) => {
    navigator.serviceWorker.onmessage = ({ data }) => done(data);
    await navigator.serviceWorker.register("${script}", { type: "module", scope: "/" }).catch(fail);
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage(${JSON.stringify(event)});
  })`);
  expect(got).toEqual({ ok: true, queued: false });
  expect(await site.current("service-worker", "read")).toBe(1);
});
