import { StreakdError } from "./error.ts";
import type { Client, ClientOptions, State } from "./types.ts";

/** Creates a client. */
export function createClient({ baseUrl, userToken }: ClientOptions): Client {
  async function call(path: string, init: RequestInit): Promise<unknown> {
    const token = typeof userToken === "function" ? await userToken() : userToken;
    const response = await fetch(baseUrl + path, {
      ...init,
      credentials: "omit",
      ...(token !== undefined && { headers: { "X-User-Token": token } }),
    });
    const text = await response.text();
    const json = text === "" ? undefined : JSON.parse(text);
    if (!response.ok) {
      throw new StreakdError(json.error, json.message, response.status);
    }
    return json;
  }
  const post = (path: string, body: object, signal: AbortSignal | undefined) =>
    call(path, { method: "POST", body: JSON.stringify(body), signal: signal ?? null });
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    async recordEvent({ projectId, ...event }, options) {
      await post("/v1/e", { siteKey: projectId, tz, ...event }, options?.signal);
      return { ok: true, queued: false };
    },
    async getState({ projectId, event, kind, userHash, tz: zone = tz }, options) {
      const query = new URLSearchParams({ siteKey: projectId, userHash, event: event ?? kind ?? "", tz: zone });
      return (await call(`/v1/state?${query}`, { signal: options?.signal ?? null })) as State;
    },
    async aliasUser() {},
    async aliasWithToken({ token }, options) {
      await post("/v1/alias", { token }, options?.signal);
    },
    async flush() {},
  };
}
