import type { Answer, TestApp } from "./app.ts";

/** What a browser says of a request of a page that this server serves. */
export const OWN_PAGE = { "Sec-Fetch-Site": "same-origin" };

/** Sends a request with these headers and nothing else. */
export async function request(
  { url }: Pick<TestApp, "url">,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = text.startsWith("{") ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

/** Signs in from the server's own page, and returns the answer. */
export function trySignIn(app: Pick<TestApp, "url">, token: string, headers: Record<string, string> = {}) {
  return request(app, "POST", "/admin/session", { ...OWN_PAGE, ...headers }, { token });
}

/** Signs in, expects that to be done, and returns the cookie as a browser sends it. */
export async function signIn(
  app: Pick<TestApp, "url">,
  token: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await trySignIn(app, token, headers);
  if (answer.status !== 201) {
    throw new Error(`not signed in: ${answer.status} ${answer.text}`);
  }
  return cookieOf(answer);
}

/** Returns the cookie of an answer as a browser sends it. */
export function cookieOf({ headers }: Pick<Answer, "headers">): string {
  return headers.get("Set-Cookie")?.split(";")[0] ?? "";
}

/** Calls with a cookie, from the server's own page unless the headers say otherwise. */
export function callSignedIn(
  app: Pick<TestApp, "url">,
  cookie: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = OWN_PAGE,
): Promise<Answer> {
  return request(app, method, path, { Cookie: cookie, ...headers }, body);
}
