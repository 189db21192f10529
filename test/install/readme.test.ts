import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { useApp } from "../support/app.ts";
import { chromiumPath, chromiumTool } from "../support/chromium.ts";
import { freePort } from "../support/free-port.ts";
import { findTool, requireTool, root } from "../support/tools.ts";
import { type StartedServer, startServer } from "./process.ts";
import { temporaryFolder } from "./support.ts";

const run = promisify(execFile);

const OPENSSL = findTool(["openssl", "version"], "openssl is missing: install it to try the README's certificate");
const CURL = findTool(["curl", "--version"], "curl is missing: install it to try the README's commands");
const BASH = findTool(["bash", "--version"], "bash is missing: install it to try the README's commands");

/** What a server needs of a checkout, and what the commands use. */
const CHECKOUT = ["package.json", "bin", "src", "gen", "node_modules", "examples"];

/** In milliseconds. Starts of servers and browsers take seconds each on a busy machine. */
const TIMEOUT_MS = 120_000;

/** A block of code of the README. */
interface Block {
  readonly language: string;
  readonly text: string;
}

const blocks = readBlocks(await readFile(join(root, "README.md"), "utf8"));

function readBlocks(markdown: string): readonly Block[] {
  return Array.from(markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm), ([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

/** What is different here from what a reader types: ports that are free, and a zone in which no day ends meanwhile. */
function adapted(text: string, port: number, pagePort: number, zone: string): string {
  const ports: Record<string, number> = { 8080: port, 3000: pagePort };
  return (
    text
      // All ports at once: the first that is put in may begin like the second that is looked for.
      .replaceAll(/(?<=localhost:|listen\()(8080|3000)\b/g, (shown) => `${ports[shown]}`)
      .replaceAll("Asia/Tokyo", zone)
  );
}

/** Asia/Tokyo, unless its day ends within the hour. */
function zoneWithinItsDay(): string {
  const hour = new Intl.DateTimeFormat("en", { timeZone: "Asia/Tokyo", hour: "2-digit", hourCycle: "h23" });
  return hour.format() === "23" ? "Africa/Lagos" : "Asia/Tokyo";
}

/** A shell that keeps its variables from one paste to the next, as a terminal does. */
function openTerminal(cwd: string, env: NodeJS.ProcessEnv): (commands: string) => Promise<string> {
  const shell = spawn("bash", [], { cwd, env, stdio: "pipe" });
  endWithTest(shell);
  shell.stdout.setEncoding("utf8");
  let complaints = "";
  shell.stderr.setEncoding("utf8").on("data", (chunk) => {
    complaints += chunk;
  });
  return (commands) =>
    new Promise((resolve, reject) => {
      let output = "";
      shell.stdout.on("data", function read(chunk: string) {
        output += chunk;
        const [, printed, status] = /^([\s\S]*)\n<ended (\d+)>\n$/.exec(output) ?? [];
        if (printed !== undefined) {
          shell.stdout.off("data", read);
          status === "0"
            ? resolve(printed)
            : reject(new Error(`${commands} ended with ${status}:\n${printed}${complaints}`));
        }
      });
      shell.stdin.write(`${commands}\nprintf '\\n<ended %s>\\n' "$?"\n`);
    });
}

function endWithTest(child: ChildProcess): void {
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "close");
    }
  });
}

/** Fields of a day of the week, which differ from day to day. */
const OF_A_DAY = ["isoDate", "label", "dayNumber", "isToday", "isCheckedIn"];

/** Parses an answer that the README shows, in which `…` is what is left out. */
function parseShown(text: string): unknown {
  return JSON.parse(
    text.replaceAll(/^(\s*)…$/gm, '$1"…"').replaceAll(/("…"|…)(?=\s*\})/g, '"…": true'),
    (key, value) => (OF_A_DAY.includes(key) ? expect.any(Object.getPrototypeOf(value).constructor) : value),
  );
}

/** Turns what is shown into what an answer has to match: all of it, and more only where `…` stands. */
function matcherOf(shown: unknown): unknown {
  if (Array.isArray(shown) && shown.at(-1) === "…") {
    return expect.toSatisfy((items: unknown[]) => {
      expect(items.slice(0, shown.length - 1)).toEqual(shown.slice(0, -1).map(matcherOf));
      return items.length >= shown.length;
    });
  }
  if (Array.isArray(shown)) {
    return shown.map(matcherOf);
  }
  if (typeof shown === "object" && shown !== null && Object.getPrototypeOf(shown) === Object.prototype) {
    const { "…": more, ...fields } = shown as Record<string, unknown>;
    const matchers = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, matcherOf(value)]));
    return more ? expect.objectContaining(matchers) : matchers;
  }
  return shown;
}

test("each command of the README works when it is pasted, one after the other, and answers what is shown", {
  timeout: TIMEOUT_MS,
}, async (context) => {
  for (const tool of [BASH, CURL, OPENSSL]) {
    requireTool(context, tool);
  }
  const folder = await temporaryFolder();
  await Promise.all(CHECKOUT.map((name) => symlink(join(root, name), join(folder, name))));
  const [port, pagePort] = await Promise.all([freePort(), freePort()]);
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, HOST: "127.0.0.1", PORT: `${port}` };
  const paste = openTerminal(folder, env);
  let server: StartedServer | undefined;
  onTestFinished(async () => void (await server?.stop()));
  const zone = zoneWithinItsDay();
  let printed = "";
  for (const block of blocks.slice(
    0,
    blocks.findIndex(({ text }) => text.includes("INVALID_WIDGET_KIND")),
  )) {
    const text = adapted(block.text, port, pagePort, zone);
    if (block.language === "json") {
      expect(JSON.parse(printed)).toEqual(matcherOf(parseShown(text)));
    } else if (block.language === "html") {
      await writeFile(join(folder, "page.html"), text);
    } else if (text.startsWith("npm start")) {
      expect(await server?.stop("SIGINT")).toBe(server && 0);
      server = await startServer(["bash", "-c", text], folder, env);
    } else if (text.startsWith("node -e")) {
      endWithTest(spawn("bash", ["-c", `exec ${text}`], { cwd: folder, env, stdio: "inherit" }));
      await expect
        .poll(() => fetch(`http://localhost:${pagePort}`).then((page) => page.text(), String))
        .toContain("/widget.js");
    } else if (!/^npm (ci|run demo)/.test(text)) {
      // production.test.ts runs `npm ci --omit=dev`, and test/tools/demo the demo.
      printed = await paste(text);
      expect(printed, text).not.toContain('"error"');
    }
  }
  expect(server?.url).toMatch(/^https:/);
});

const shared = useApp();

/** Opens a page in a browser, and returns what its paragraph says when nothing moves any more. */
async function shownBy(url: string): Promise<string | undefined> {
  const profile = await temporaryFolder();
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`];
  const { stdout } = await run(chromiumPath(), [...flags, "--virtual-time-budget=10000", "--dump-dom", url], {
    timeout: TIMEOUT_MS,
  });
  return /<p id="streak">(.*)/.exec(stdout)?.[1]?.replace("</p>", "");
}

test("the README's page records and shows the streak, in a browser and from another origin", {
  timeout: TIMEOUT_MS,
}, async (context) => {
  requireTool(context, chromiumTool);
  const { app } = shared;
  const block = blocks.find(({ language, text }) => language === "html" && text.includes("/v1/e"));
  const html = block?.text.replace("http://localhost:8080", app.url);
  const site = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end(html));
  onTestFinished(() => void site.close());
  await once(site.listen(0), "listening");
  const origin = `http://localhost:${(site.address() as AddressInfo).port}`;
  await app.admin("POST", "/admin/projects", { siteKey: "my_app", widgets: [{ event: "lesson_done" }] });

  expect(await shownBy(origin)).toContain("allowedOrigins");
  await app.admin("PATCH", "/admin/projects/my_app", { allowedOrigins: [origin] });
  expect(await shownBy(origin)).toBe("Day 1 of your streak");
});
