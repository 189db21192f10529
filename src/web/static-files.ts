import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { StreakdError } from "../errors.ts";
import { errorAnswer } from "../http/answer.ts";
import { chooseEncoding } from "../http/compression/encoding.ts";
import type { Answer, RequestHead } from "../http/message.ts";

/** The folder of the packages, whose built files are served. */
export const PACKAGES = new URL("../../packages/", import.meta.url);

/** Below it are the files by names that change with what they hold. */
export const ASSETS = "/assets/";

/** The files by their names for pages, and where the build puts them. */
const FILES = [
  { name: "widget.js", built: "widget/dist/widget.js" },
  { name: "sdk.js", built: "web/dist/index.js" },
] as const;

/** The encodings that the build makes, the smallest first, and what it appends to a file's name. */
const SUFFIXES = { br: ".br", gzip: ".gz" } as const;
const ENCODINGS = ["br", "gzip"] as const;

/**
 * For names that stay: five minutes, so that a visit asks once. For a week after that a browser takes what it has and asks
 * meanwhile. So a daily visitor never waits, and runs a new release one visit later.
 */
const REVALIDATED = "public, max-age=300, stale-while-revalidate=604800";

/** For the list of names with a hash: after an upgrade the files of an older list are gone. */
const ASKED_EACH_TIME = "public, no-cache";

/** For names with a hash: what is there never changes. */
export const FOREVER = "public, max-age=31536000, immutable";

/** For what may be there after the next start. */
const NEVER = "no-store";

/** Pages of every origin get the same answer, so that caches keep one. It may be a script with `crossorigin` or not. */
const FOR_EVERY_ORIGIN = {
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Timing-Allow-Origin": "*",
  "X-Content-Type-Options": "nosniff",
};

/** The files for browsers. */
export interface StaticFiles {
  /** Whether the build has made them. Otherwise their paths answer 404, and tell how to build them. */
  readonly isBuilt: boolean;
  /** What answers GET and HEAD, by path. */
  readonly pages: ReadonlyMap<string, (request: RequestHead) => Promise<Answer>>;
}

/** What a file is served as, by the end of its name. */
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** A file in memory. */
export interface File {
  /** Its name with its hash, such as `/assets/widget-0123456789abcdef.js`. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly compressed: Readonly<Record<keyof typeof SUFFIXES, Buffer>>;
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
    const files = FILES.map(({ name, built }) => [name, readFile(name, new URL(built, packages))] as const);
    const scripts = files.flatMap(([name, file]) => [
      [`/${name}`, servesFile(file, REVALIDATED)] as const,
      [file.path, servesFile(file, FOREVER)] as const,
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
    pages: new Map(paths.map((path) => [path, async () => notFound(notBuilt(), FOR_EVERY_ORIGIN)])),
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
export function readFile(name: string, url: URL): File {
  const bytes = readFileSync(url);
  const compressed = {
    br: readFileSync(new URL(url.href + SUFFIXES.br)),
    gzip: readFileSync(new URL(url.href + SUFFIXES.gzip)),
  };
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const integrity = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
  const type = extname(name);
  return { path: `${ASSETS}${name.slice(0, -type.length)}-${hash}${type}`, bytes, compressed, integrity };
}

/** Returns what answers requests for a file: compressed as the browser likes it, or 304 when the browser has it. */
export function servesFile({ path, bytes, compressed }: File, cacheControl: string) {
  const headers = { "Content-Type": TYPES[extname(path)] ?? "", "Cache-Control": cacheControl };
  const plain = { bytes, headers: { ...headers, Vary: "Accept-Encoding", ETag: etagOf(bytes) } };
  const representations = ENCODINGS.map((encoding) => {
    const body = compressed[encoding];
    return [encoding, { bytes: body, headers: { ...plain.headers, ETag: etagOf(body), "Content-Encoding": encoding } }];
  });
  const byEncoding: Readonly<Record<string, Representation>> = Object.fromEntries(representations);
  return async (request: RequestHead): Promise<Answer> => {
    const accepted = request.headers["accept-encoding"];
    const encoding = chooseEncoding(typeof accepted === "string" ? accepted : undefined, ENCODINGS);
    return answer(request, (encoding && byEncoding[encoding]) ?? plain);
  };
}

function servesManifest(files: readonly (readonly [name: string, file: File])[]) {
  const entries = files.map(([name, { path, integrity, bytes }]) => [name, { path, integrity, bytes: bytes.length }]);
  const bytes = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const headers = { "Content-Type": "application/json", "Cache-Control": ASKED_EACH_TIME, ETag: etagOf(bytes) };
  return async (request: RequestHead): Promise<Answer> => answer(request, { bytes, headers });
}

/** What is sent of a file: its bytes, compressed or not. */
interface Representation {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>> & { readonly ETag: string };
}

function answer({ headers: asked }: RequestHead, { bytes, headers }: Representation): Answer {
  if (!isKnown(asked["if-none-match"], headers.ETag)) {
    return { status: 200, headers: { ...FOR_EVERY_ORIGIN, ...headers }, body: bytes };
  }
  const { "Content-Type": _type, "Content-Encoding": _encoding, ...others } = headers;
  return { status: 304, headers: { ...FOR_EVERY_ORIGIN, ...others } };
}

/** Whether an `If-None-Match` names an entity tag. The comparison is weak (RFC 9110, 13.1.2): proxies weaken tags. */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const known = ifNoneMatch?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return known?.some((tag) => tag === etag || tag === "*") ?? false;
}

/** A strong entity tag, of exactly these bytes. */
function etagOf(bytes: Buffer): string {
  return `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
}

function notFound(error: StreakdError, added?: Answer["headers"]): Answer {
  const { headers, ...rest } = errorAnswer(error);
  return { ...rest, headers: { ...added, "Cache-Control": NEVER, ...headers } };
}

function notBuilt(): StreakdError {
  return new StreakdError(
    "NOT_FOUND",
    "The files for browsers are not built on this server. Run npm ci --omit=dev in streakd's folder, without " +
      "--omit=optional and --ignore-scripts, and start streakd again.",
  );
}
