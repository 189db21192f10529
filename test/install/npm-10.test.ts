import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { copyCheckout, makeBareMachine } from "./bare-machine.ts";
import { startServer } from "./process.ts";
import { skipWhenOffline } from "./support.ts";

/** In milliseconds. `npm ci` writes some 600 MB, which takes minutes on a busy machine. */
const TIMEOUT_MS = 10 * 60 * 1000;

test("npm 10 installs and starts it where only Node, git, sh and coreutils are, and it keeps a streak", {
  timeout: TIMEOUT_MS,
}, async (context) => {
  const checkout = await copyCheckout();
  const machine = await makeBareMachine().catch(skipWhenOffline(context));
  await machine.npm(checkout, "ci", "--prefer-offline").catch(skipWhenOffline(context));

  const env = { ...machine.env, HOST: "127.0.0.1", PORT: "0", SHUTDOWN_DRAIN_MS: "0" };
  await using server = await startServer(["npm", "start"], checkout, env);
  // The curl lines that the first start prints. They are not run by curl, which a bare machine may lack.
  const [, recordUrl = "", event = ""] = /curl -X POST (\S+) .*\n.*-d '(.*)'/.exec(server.output) ?? [];
  const [, stateUrl = ""] = /curl "(\S+)"/.exec(server.output) ?? [];
  const recorded = await fetch(recordUrl, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: event,
  });
  const state = await fetch(stateUrl);

  expect(recorded.status).toBe(202);
  expect(await state.json()).toMatchObject({ streak: { current: 1, todayDone: true } });
  expect(server.version).toBe(manifest.version);
  expect(await server.stop()).toBe(0);
  expect(server.output).toContain('"msg":"stopped"');
});
