import { createHash } from "node:crypto";
import type { Answer, RequestHead } from "../http/message.ts";

const STYLE = `
:root { color-scheme: light dark; }
body { max-width: 40rem; margin: 8vh auto; padding: 0 1.5rem; font: 1.0625rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.75rem; margin: 0 0 .75rem; }
table { border-collapse: collapse; margin: 1.5rem 0; width: 100%; }
td { padding: .45rem 1.5rem .45rem 0; border-top: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
td:first-child { white-space: nowrap; }
code { font: .9375rem ui-monospace, monospace; }
`;

/** The pages need nothing but their own style. */
const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** Keeps browsers from taking an answer for something else than its `Content-Type` says. */
export const NO_SNIFFING = { "X-Content-Type-Options": "nosniff" };

/** Whether a request asks for a page, as browsers do when somebody opens an address. */
export function isBrowser({ headers }: RequestHead): boolean {
  return /\btext\/html\b/i.test(headers.accept ?? "");
}

/** Returns a small page with a heading. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
<h1>${title}</h1>
${body}
</html>
`;
}

/** Answers with a page that {@link htmlPage} has made. */
export function pageAnswer(status: number, html: string): Answer {
  return {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": CONTENT_SECURITY_POLICY,
      ...NO_SNIFFING,
    },
    body: html,
  };
}
