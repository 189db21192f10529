import { createHash } from "node:crypto";
import { extname } from "node:path";
import { StreakdError } from "../errors.ts";
import { errorAnswer } from "../http/answer.ts";
import type { Answer, RequestHead } from "../http/message.ts";
import { answerFile, type BuiltFile, etagOf, FOREVER, readBuiltFile, servesFile } from "./built-file.ts";
import { NO_SNIFFING } from "./html-page.ts";
import { NEVER, notBuiltError, TYPES } from "./served.ts";

/** The folder of the packages, whose built files are served. */
export const PACKAGES = new URL("../../packages/", import.meta.url);

/** Below it are the files by names that change with what they hold. */
export const ASSETS = "/assets/";

/** The files by their names for pages, and where the build puts them. */
const FILES = [
  { name: "widget.js", built: "widget/dist/widget.js" },
  { name: "sdk.js", built: "web/dist/index.js" },
] as const;

/**
 * For names that stay: five minutes, so that a visit asks once. For a week after that a browser takes what it has and asks
 * meanwhile. So a daily visitor never waits, and runs a new release one visit later.
 */
const REVALIDATED = "public, max-age=300, stale-while-revalidate=604800";

/** For the list of names with a hash: after an upgrade the files of an older list are gone. */
const LIST = "public, no-cache";

/** Pages of every origin get the same answer, so that caches keep one. It may be a script with `crossorigin` or not. */
const FOR_EVERY_ORIGIN = {
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Timing-Allow-Origin": "*",
  ...NO_SNIFFING,
};

/** The files for browsers. */
export interface StaticFiles {
  /** Whether the build has made them. Otherwise their paths answer 404, and tell how to build them. */
  readonly isBuilt: boolean;
  /** What answers GET and HEAD, by path. */
  readonly pages: ReadonlyMap<string, (request: RequestHead) => Promise<Answer>>;
}

/** A file that is also at a name with its hash. */
export interface Asset extends BuiltFile {
  /** Its name with its hash, such as `/assets/widget-0123456789abcdef.js`. */
  readonly path: string;
  /** For the attribute `integrity` of a script. */
  readonly integrity: string;
}

/**
 * Reads the built files, with what the build has compressed; nothing is compressed when they are served. Each is at its
 * name (`/widget.js`) and at a name with its hash (`/assets/widget-HASH.js`), which `/assets/manifest.json` lists.
 *
 * @param packages the folder of the packages, ending in a slash
 * @throws when a file can't be read, unless it does not exist
 */
export function readStaticFiles(packages: URL): StaticFiles {
  try {
    const files = FILES.map(({ name, built }) => [name, readAsset(name, new URL(built, packages))] as const);
    const scripts = files.flatMap(([name, file]) => [
      [`/${name}`, servesAsset(file, REVALIDATED)] as const,
      [file.path, servesAsset(file, FOREVER)] as const,
    ]);
    return { isBuilt: true, pages: new Map([...scripts, [`${ASSETS}manifest.json`, servesManifest(files)]]) };
  } catch (error) {
    return notBuiltAt([...FILES.map(({ name }) => `/${name}`), `${ASSETS}manifest.json`], error);
  }
}

/**
 * Returns what answers for files that the build has not made.
 *
 * @param error what reading them has thrown; it is thrown again unless it says that a file does not exist
 */
export function notBuiltAt(paths: readonly string[], error: unknown): StaticFiles {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
    throw error;
  }
  return {
    isBuilt: false,
    pages: new Map(
      paths.map((path) => [path, async () => notFound(notBuiltError("The files for browsers are"), FOR_EVERY_ORIGIN)]),
    ),
  };
}

/** Answers a request for a path below {@link ASSETS} where nothing is, such as a file of another version. */
export async function answerNoSuchAsset(): Promise<Answer> {
  return notFound(
    new StreakdError(
      "NOT_FOUND",
      "This version of streakd has no such file. GET /assets/manifest.json lists the files and their hashes.",
    ),
  );
}

/**
 * Reads a built file, with what the build has compressed.
 *
 * @param name what its path is made of: its name for pages, which ends in `.js` or `.css`
 * @throws when a file can't be read
 */
export function readAsset(name: string, url: URL): Asset {
  const file = readBuiltFile(url);
  const hash = createHash("sha256").update(file.bytes).digest("hex").slice(0, 16);
  const integrity = `sha384-${createHash("sha384").update(file.bytes).digest("base64")}`;
  const type = extname(name);
  return { ...file, path: `${ASSETS}${name.slice(0, -type.length)}-${hash}${type}`, integrity };
}

/** Creates what answers GET and HEAD for an asset, to pages of every origin. */
export function servesAsset(asset: Asset, cacheControl: string) {
  const headers = { "Content-Type": TYPES[extname(asset.path)] ?? "", "Cache-Control": cacheControl };
  return servesFile(asset, { ...FOR_EVERY_ORIGIN, ...headers });
}

function servesManifest(files: readonly (readonly [name: string, file: Asset])[]) {
  const entries = files.map(([name, { path, integrity, bytes }]) => [name, { path, integrity, bytes: bytes.length }]);
  const bytes = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const headers = { "Content-Type": "application/json", "Cache-Control": LIST, ETag: etagOf(bytes) };
  return async (request: RequestHead): Promise<Answer> =>
    answerFile(request, { bytes, headers: { ...FOR_EVERY_ORIGIN, ...headers } });
}

function notFound(error: StreakdError, added?: Answer["headers"]): Answer {
  const { headers, ...rest } = errorAnswer(error);
  return { ...rest, headers: { ...added, "Cache-Control": NEVER, ...headers } };
}
