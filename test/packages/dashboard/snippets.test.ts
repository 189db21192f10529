import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { FOR_SERVERS } from "../../../packages/dashboard/src/pages/start/snippets.ts";
import { useApp } from "../../support/app.ts";
import { findTool, requireTool } from "../../support/tools.ts";

const run = promisify(execFile);
const shared = useApp();

/** What a start page may have to paste: whatever an event or a user can be called. */
const NAMES = [
  ["visit", "user_1"],
  [`it's "quoted" \\ $HOME #{1} $(x) \`y\``, `Zoë's \\n 100% "ok" <b>&amp;</b>`],
] as const;

/** How to run what is pasted, in languages that the machine of the tests has. */
const RUNNERS = {
  curl: { tool: "curl", command: "sh", args: ["-c"] },
  Node: { tool: "node", command: process.execPath, args: ["--input-type=module", "-e"] },
  Python: { tool: "python3", command: "python3", args: ["-c"] },
} as const;

for (const [name, { tool, command, args }] of Object.entries(RUNNERS)) {
  const found = findTool(
    [tool, "--version"],
    `${tool} is missing: install it to try what the dashboard gives to paste`,
  );

  for (const [event, user] of NAMES) {
    test(`the lines for ${name} record the event ${event} of the user ${user}`, async (context) => {
      requireTool(context, found);
      const siteKey = `for_${name}_${event.length}`;
      await shared.app.admin("POST", "/admin/projects", { siteKey, widgets: [{ event }] });
      const snippet = FOR_SERVERS.find((each) => each.name === name);
      await run(command, [...args, snippet?.code({ server: shared.app.url, siteKey, event, user }) ?? ""]);
      const { users } = (await shared.app.admin("GET", `/admin/projects/${siteKey}/users`)).json;
      expect(users).toMatchObject([{ userHash: user, streaks: [{ event, daysDone: 1 }] }]);
    });
  }
}
