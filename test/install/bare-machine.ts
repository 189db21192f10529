import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { cp, mkdir, symlink } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { root } from "../support/tools.ts";
import { FETCH_RETRIES, temporaryFolder } from "./support.ts";

const run = promisify(execFile);

/** The npm that each Node brings, of which 20 is 20.19 and 22 is 22.12 or later. */
const NPM_OF_NODE = { 20: "10.8.2", 22: "10.9.4", 24: "11.6.2" } as const;

/** The major version of a Node. */
export type NodeMajor = keyof typeof NPM_OF_NODE;

/** The package that holds Node's program for this machine. */
const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;

/** Where both are kept from run to run. */
const CACHE = resolve(process.env.STREAKD_CACHE || join(root, ".cache"));

/** What the bare machine has, besides Node and npm: no Python, no make, no compiler, no curl. */
const COMMANDS = ["git", "sh", "cat", "cp", "env", "ln", "ls", "mkdir", "mv", "rm", "uname"];

/** What says where npm's registry is and how to reach it. */
const NETWORK_SETTINGS =
  /^(HOME|npm_config_(cache|registry|userconfig|cafile)|node_extra_ca_certs|(https?|no)_proxy)$/i;

/** An environment in which PATH names little more than a Node and the npm that it brings. */
export interface BareMachine {
  readonly env: NodeJS.ProcessEnv;
  /**
   * Runs npm in a folder, and returns what it has written to stdout and stderr.
   *
   * @throws when it fails, with what it has written as `stderr`
   */
  npm(folder: string, ...args: string[]): Promise<string>;
}

/**
 * Makes a bare machine that lasts until the test ends.
 *
 * @throws when its Node or npm is not in the cache and can't be downloaded
 */
export async function makeBareMachine(major: NodeMajor): Promise<BareMachine> {
  const folder = join(CACHE, `node@${major}`);
  const options = ["--prefer-offline", "--no-audit", "--no-fund", `--fetch-retries=${FETCH_RETRIES}`];
  const packages = [`${NODE_PACKAGE}@${major}`, `npm@${NPM_OF_NODE[major]}`];
  await run("npm", ["install", "--prefix", folder, ...options, ...packages]);
  const path = await temporaryFolder();
  await symlink(join(folder, "node_modules", NODE_PACKAGE, "bin/node"), join(path, "node"));
  await symlink(join(folder, "node_modules/npm/bin/npm-cli.js"), join(path, "npm"));
  await symlink(join(folder, "node_modules/npm/bin/npx-cli.js"), join(path, "npx"));
  for (const command of COMMANDS) {
    await symlink(find(command), join(path, command));
  }
  const settings = Object.entries(process.env).filter(([name]) => NETWORK_SETTINGS.test(name));
  const env = { ...Object.fromEntries(settings), PATH: path, npm_config_fetch_retries: FETCH_RETRIES };
  return {
    env,
    async npm(cwd, ...args) {
      const { stdout, stderr } = await run(join(path, "npm"), args, { cwd, env });
      return stdout + stderr;
    },
  };
}

/**
 * Copies the checkout as git sees it, changes and new files included, into a folder that lasts until the test ends, or into
 * the one that is given.
 */
export async function copyCheckout(target?: string): Promise<string> {
  const folder = target ?? (await temporaryFolder());
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of stdout.split("\0").filter((name) => name !== "" && exists(join(root, name)))) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(root, file), join(folder, file));
  }
  return folder;
}

/** The PATH of the machine, without what `npm test` puts before it. */
const systemPath = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));

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
