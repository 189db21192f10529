import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { requireTool } from "../polyglot/tools.ts";
import { copyCheckout, isOffline, makeBareMachine } from "./bare-machine.ts";
import { startServer } from "./process.ts";

/** `npm ci` writes some 600 MB. On a busy machine that takes minutes. */
const TIMEOUT_MS = 10 * 60 * 1000;

test(
  "npm 10 installs and starts it where only Node, git, sh and coreutils are, and it keeps a streak",
  async (context) => {
    const checkout = await copyCheckout();
    const machine = await makeBareMachine().catch(skipOffline);
    await machine.npm(checkout, "ci", "--prefer-offline").catch(skipOffline);

    await using server = await startServer(["npm", "start"], checkout, {
      ...machine.env,
      HOST: "127.0.0.1",
      PORT: "0",
    });
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
    await server.stop();
    expect(server.output).toContain('"msg":"stopped"');

    function skipOffline(error: unknown): never {
      if (!isOffline(error)) {
        throw error;
      }
      requireTool(context, { present: false, missing: "npm's registry can't be reached: connect to the network" });
      throw error;
    }
  },
  TIMEOUT_MS,
);
