import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** A package as npm publishes it. */
export interface Packed {
  /** The path of the archive. */
  readonly archive: string;
  /** The paths of what is in it. */
  readonly files: readonly string[];
}

/** Packs the package in a folder. That builds it, so the folder is a copy: the builds of this clone are what other tests serve. */
export async function pack(folder: string): Promise<Packed> {
  const { stdout } = await promisify(execFile)("npm", ["pack", "--json"], { cwd: folder });
  // What the build prints comes first.
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf("[\n")));
  return { archive: join(folder, filename), files: files.map(({ path }: { path: string }) => path) };
}
