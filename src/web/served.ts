import { StreakdError } from "../errors.ts";

/** What a file is served as, by the end of its name. */
export const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** For what is there for this server alone and changes with a release: browsers ask each time, and get 304. */
export const ASKED_EACH_TIME = "no-cache";

/** For what may be there after the next start. */
export const NEVER = "no-store";

/**
 * What a page that the build has made may do: load its own files and call its own server. Nothing is inline, nothing
 * comes from elsewhere, and no page can show it in a frame.
 */
export const OWN_FILES_ONLY: readonly string[] = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** Returns the error for what the build has not made, such as `The dashboard is`. It says what to run. */
export function notBuiltError(whatIs: string): StreakdError {
  return new StreakdError(
    "NOT_FOUND",
    `${whatIs} not built on this server. Run npm ci --omit=dev in streakd's folder, without --omit=optional and ` +
      "--ignore-scripts, and start streakd again.",
  );
}
