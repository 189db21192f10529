import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { DemoError } from "./api.ts";
import { fillDemo, type Progress } from "./fill.ts";

const HELP = `Usage: npm run demo -- [options]

Fills a project with two years of invented histories, on a server that is running.

  --url URL        the server (default: http://localhost:8080)
  --project KEY    the siteKey of the project, which is created (default: demo_app)
  --users N        how many people use it (default: 1500)
  --replace        delete the project of an earlier run first, with all that was recorded for it

The admin token comes from ADMIN_TOKEN, or else from data/admin-token.
`;

/** How often the progress is shown, in milliseconds. */
const SHOWN_EVERY_MS = 1000;

/** Where a server that was started beside this keeps its admin token. */
const TOKEN_FILE = "data/admin-token";

const { values } = readArgs();
if (values.help) {
  process.stdout.write(HELP);
} else {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof DemoError)) {
      throw error;
    }
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function readArgs() {
  try {
    return parseArgs({
      options: {
        url: { type: "string", default: "http://localhost:8080" },
        project: { type: "string", default: "demo_app" },
        users: { type: "string", default: "1500" },
        replace: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    process.exit(1);
  }
}

async function run(): Promise<void> {
  const { project: siteKey, replace } = values;
  const url = urlOf(values.url);
  const users = Number(values.users);
  if (!Number.isInteger(users) || users < 1) {
    throw new DemoError(`--users must be a whole number of at least 1, not "${values.users}".`);
  }
  const began = Date.now();
  const filled = await fillDemo(
    { url, adminToken: await readAdminToken(), siteKey, users, replace, now: began },
    createReport(users),
  );
  process.stdout.write(
    filled === undefined
      ? `The project ${siteKey} is there already, so nothing was changed.\n` +
          "To delete it and fill it anew, up to today: npm run demo -- --replace\n"
      : `Recorded ${number(filled.events)} events of ${number(filled.people)} people ` +
          `in ${Math.ceil((Date.now() - began) / 1000)} seconds.\n` +
          `Look at them: ${new URL("/dashboard", url)}, project ${siteKey}.\n`,
  );
}

function urlOf(text: string): URL {
  if (!URL.canParse(text) || new URL(text).protocol !== "http:") {
    throw new DemoError(`--url must be like http://localhost:8080, not "${text}".`);
  }
  return new URL(text);
}

async function readAdminToken(): Promise<string> {
  const given = process.env.ADMIN_TOKEN;
  if (given) {
    return given;
  }
  try {
    return (await readFile(TOKEN_FILE, "utf8")).trim();
  } catch {
    throw new DemoError(
      `There is no ${TOKEN_FILE} here, which a server makes when it is started in this folder, and ADMIN_TOKEN is not ` +
        "set. Start a server, and run this again in another terminal:\n\n  npm start\n  npm run demo\n",
    );
  }
}

function createReport(users: number): (progress: Progress) => void {
  let shown = Date.now();
  return ({ people, events }) => {
    if (Date.now() - shown >= SHOWN_EVERY_MS) {
      shown = Date.now();
      process.stdout.write(`${number(people)} of ${number(users)} people, ${number(events)} events\n`);
    }
  };
}

function number(value: number): string {
  return value.toLocaleString("en");
}
