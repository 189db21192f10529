import { readdirSync } from "node:fs";
import { extname } from "node:path";
import { StreakdError } from "../errors.ts";
import { errorAnswer } from "../http/answer.ts";
import type { Answer, RequestHead } from "../http/message.ts";
import { FOREVER, isCompressed, readBuiltFile, servesFile } from "./built-file.ts";
import { htmlPage, isBrowser, NO_SNIFFING, pageAnswer } from "./html-page.ts";
import { ASKED_EACH_TIME, NEVER, notBuiltError, OWN_FILES_ONLY, TYPES } from "./served.ts";

/** Where the dashboard is. */
export const DASHBOARD = "/dashboard";

/** Below it are the files by names with a hash. */
const ASSETS = `${DASHBOARD}/assets/`;

/** The page itself, which is the same at every address of the dashboard. */
const INDEX = "index.html";

/** What the dashboard may do. Texts can't become scripts, since no part of it makes scripts from texts. */
const CONTENT_SECURITY_POLICY = [
  ...OWN_FILES_ONLY,
  "font-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** For all files of the dashboard. No page of another origin may load them. */
const FOR_OWN_ORIGIN = { ...NO_SNIFFING, "Cross-Origin-Resource-Policy": "same-origin" };

/** For the page itself. */
const FOR_PAGE = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
};

type ServeFile = (request: RequestHead) => Promise<Answer>;

/** The dashboard, as a server has it. */
export interface Dashboard {
  /** Whether the build has made it. Otherwise its address answers 404, and tells how to build it. */
  readonly isBuilt: boolean;
  /** Whether a path belongs to it. */
  has(path: string): boolean;
  /** Answers GET and HEAD for such a path. */
  serve(path: string, request: RequestHead): Promise<Answer>;
}

/**
 * Reads the built dashboard into memory. Every address below `/dashboard` that is no file has the same page, whose script
 * shows what the address says.
 *
 * @param packages the folder of the packages, ending in a slash
 * @throws when a file can't be read, unless the dashboard is not built
 */
export function readDashboard(packages: URL): Dashboard {
  const files = readFiles(new URL("dashboard/dist/", packages));
  const index = files.get(`${DASHBOARD}/${INDEX}`);
  return {
    isBuilt: index !== undefined,
    has: (path) => path === DASHBOARD || path.startsWith(`${DASHBOARD}/`),
    async serve(path, request) {
      if (path === DASHBOARD) {
        return redirectToDashboard(308);
      }
      if (index === undefined) {
        return notBuilt(request);
      }
      const file = files.get(path);
      return file?.(request) ?? (path.startsWith(ASSETS) ? noSuchFile() : index(request));
    },
  };
}

/** Answers a browser that asks for `/`: the dashboard is what people look for. */
export function redirectToDashboard(status: 307 | 308): Answer {
  return { status, headers: { Location: `${DASHBOARD}/`, "Cache-Control": ASKED_EACH_TIME, Vary: "Accept" } };
}

/** Returns what serves each file, by its path. Empty when the dashboard is not built. */
function readFiles(folder: URL): ReadonlyMap<string, ServeFile> {
  const names = [...namesIn(folder, ""), ...namesIn(folder, "assets/")];
  return new Map(
    names.map((name) => {
      const path = `${DASHBOARD}/${name}`;
      return [path, servesFile(readBuiltFile(new URL(name, folder)), headersOf(path))] as const;
    }),
  );
}

function namesIn(folder: URL, below: string): string[] {
  try {
    const entries = readdirSync(new URL(below, folder), { withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && !isCompressed(entry.name)).map(({ name }) => `${below}${name}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return [];
    }
    throw error;
  }
}

function headersOf(path: string) {
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  return {
    "Content-Type": type,
    "Cache-Control": path.startsWith(ASSETS) ? FOREVER : ASKED_EACH_TIME,
    ...FOR_OWN_ORIGIN,
    ...(type.startsWith("text/html") && FOR_PAGE),
  };
}

/** Answers for a file of another version, which an open page may still ask for after an upgrade. */
function noSuchFile(): Answer {
  return withoutCache(
    errorAnswer(new StreakdError("NOT_FOUND", "This version of streakd has no such file. Load the page again.")),
  );
}

const NOT_BUILT = notBuiltError("The dashboard is");

function notBuilt(request: RequestHead): Answer {
  const answer = isBrowser(request)
    ? pageAnswer(404, htmlPage("The dashboard is not built", `<p>${NOT_BUILT.message}</p>`))
    : errorAnswer(NOT_BUILT);
  return withoutCache(answer);
}

function withoutCache(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, "Cache-Control": NEVER } };
}
