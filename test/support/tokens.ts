import { ADMIN_TOKEN, type Answer, type TestApp } from "./app.ts";

/** A token as its creation answers it, as far as tests look into it. */
export interface MadeToken {
  readonly id: string;
  readonly secret: string;
  readonly prefix: string;
  readonly expireTime?: string;
}

/** Makes a token, as root unless the test says as who, and expects that to be done. */
export async function makeToken(app: TestApp, token: object, as = ADMIN_TOKEN): Promise<MadeToken> {
  const answer = await callAs(app, as, "POST", "/admin/tokens", { name: "CI", ...token });
  if (answer.status !== 201) {
    throw new Error(`no token: ${answer.status} ${answer.text}`);
  }
  return answer.json;
}

/** Calls with a token. */
export async function callAs(
  { url }: Pick<TestApp, "url">,
  secret: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { "X-Admin-Token": secret, "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text.startsWith("{") ? JSON.parse(text) : undefined,
  };
}

/** Returns how an answer says what went wrong: its status and code, or the status alone. */
export function outcomeOf({ status, json }: Answer): string {
  return json?.error === undefined ? `${status}` : `${status} ${json.error}`;
}
