import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { cp, mkdir, symlink } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { root } from "../support/tools.ts";
import { FETCH_RETRIES, temporaryFolder } from "./support.ts";

const run = promisify(execFile);

/** The npm that Node 20.19 brings; that of Node 22 is of the same major version. */
const NPM = "npm@10.8.2";

/** Where that npm is kept from run to run. */
const NPM_FOLDER = resolve(process.env.STREAKD_CACHE || join(root, ".cache"), NPM);

/** What the bare machine has, besides Node and npm: no Python, no make, no compiler, no curl. */
const COMMANDS = ["git", "sh", "cat", "cp", "env", "ln", "ls", "mkdir", "mv", "rm", "uname"];

/** What says where npm's registry is and how to reach it. */
const NETWORK_SETTINGS = /^(HOME|npm_config_(cache|registry|userconfig|cafile)|(https?|no)_proxy)$/i;

/** An environment in which PATH names little more than this machine's Node, and npm 10. */
export interface BareMachine {
  readonly env: NodeJS.ProcessEnv;
  /**
   * Runs npm 10 in a folder.
   *
   * @throws when it fails, with what it has written as `stderr`
   */
  npm(folder: string, ...args: string[]): Promise<void>;
}

/**
 * Makes a bare machine that lasts until the test ends.
 *
 * @throws when npm 10 is not in the cache and can't be downloaded
 */
export async function makeBareMachine(): Promise<BareMachine> {
  const options = ["--prefer-offline", "--no-audit", "--no-fund", `--fetch-retries=${FETCH_RETRIES}`];
  await run("npm", ["install", "--prefix", NPM_FOLDER, ...options, NPM]);
  const path = await temporaryFolder();
  await symlink(await ownNode(), join(path, "node"));
  await symlink(join(NPM_FOLDER, "node_modules/npm/bin/npm-cli.js"), join(path, "npm"));
  for (const command of COMMANDS) {
    await symlink(find(command), join(path, command));
  }
  const settings = Object.entries(process.env).filter(([name]) => NETWORK_SETTINGS.test(name));
  const env = { ...Object.fromEntries(settings), PATH: path, npm_config_fetch_retries: FETCH_RETRIES };
  return {
    env,
    async npm(folder, ...args) {
      await run(join(path, "npm"), args, { cwd: folder, env });
    },
  };
}

/** Copies the checkout as git sees it, changes and new files included, into a folder that lasts until the test ends. */
export async function copyCheckout(): Promise<string> {
  const folder = await temporaryFolder();
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of stdout.split("\0").filter((name) => name !== "" && exists(join(root, name)))) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(root, file), join(folder, file));
  }
  return folder;
}

/** The PATH of the machine, without what `npm test` puts before it. */
const systemPath = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));

/** The Node that the machine has, or else the one that runs this test. */
async function ownNode(): Promise<string> {
  const env = { ...process.env, PATH: systemPath.join(delimiter) };
  const asked = await run("node", ["--print", "process.execPath"], { env }).catch(() => undefined);
  return asked?.stdout.trim() ?? process.execPath;
}

function find(command: string): string {
  const found = systemPath.map((folder) => join(folder, command)).find(exists);
  if (found === undefined) {
    throw new Error(`this machine has no ${command}`);
  }
  return found;
}

function exists(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
