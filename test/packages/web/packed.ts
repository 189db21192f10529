import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cache, prepare, root, type Tool } from "../../support/tools.ts";
import { pack } from "../pack.ts";

const run = promisify(execFile);

/** Gets Node 20, Deno and Bun, at the versions that `runtimes/package-lock.json` pins. */
export function prepareRuntimes(): Promise<Tool> {
  const missing =
    "Node 20, Deno and Bun can't be downloaded: connect to the network and run scripts/polyglot-clients.sh runtimes, which keeps them";
  return prepare(missing, "scripts/polyglot-clients.sh", "runtimes");
}

/** Where the command of a runtime is, after {@link prepareRuntimes}. */
export function runtime(name: "node-20" | "deno" | "bun"): string {
  return join(cache, "runtimes", name);
}

/** A folder with the SDK as a user has it: installed by npm from the package that is published. */
export interface Installed extends AsyncDisposable {
  readonly folder: string;
  /** What is in the package. */
  readonly files: readonly string[];
}

/** Packs the SDK, and installs the package in a new folder. */
export async function installPacked(): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "streakd-web-"));
  const sources = join(folder, "sources");
  for (const path of ["packages/tsconfig.json", "packages/web", "tsconfig.json", "tools/packages"]) {
    await cp(join(root, path), join(sources, path), { recursive: true });
  }
  await mkdir(join(sources, "node_modules"));
  for (const name of ["@gfx", "typescript", "vite", ".bin"]) {
    await symlink(join(root, "node_modules", name), join(sources, "node_modules", name));
  }
  const { archive, files } = await pack(join(sources, "packages/web"));
  const app = join(folder, "app");
  await mkdir(app);
  await writeFile(join(app, "package.json"), '{ "type": "module" }');
  await run("npm", ["install", "--offline", archive], { cwd: app });
  return {
    folder: app,
    files,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
