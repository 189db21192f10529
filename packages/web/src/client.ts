import { createCalls } from "./calls.ts";
import { addressOf, bare, browserZone } from "./environment.ts";
import { StreakdError } from "./error.ts";
import { IN_BROWSER } from "./in-browser.ts";
import { send } from "./transport.ts";
import type { CallOptions, Client, ClientOptions, StateQuery, StreakEvent } from "./types.ts";

/**
 * Creates a client. It throws a {@link StreakdError}: `INVALID_ARGUMENT` for a `baseUrl` that is no address and for headers
 * that HTTP does not allow, and `ADMIN_TOKEN_IN_BROWSER` for an admin token in a browser.
 */
export function createClient(init: ClientOptions): Client {
  const { baseUrl, adminToken, headers, userToken } = bare(init);
  if (IN_BROWSER && adminToken !== undefined) {
    const message = "Revoke adminToken: everybody can read it.";
    throw new StreakdError("ADMIN_TOKEN_IN_BROWSER", message);
  }

  const headersWith = (token?: string) =>
    new Headers(
      bare({
        ...headers,
        ...(adminToken && { "X-Admin-Token": adminToken }),
        ...(token && { "X-User-Token": token }),
      }),
    );
  checked("headers", "what HTTP allows", headersWith);
  const headersOf = async () => headersWith(typeof userToken === "function" ? await userToken() : userToken);

  // Outside of browsers there is nothing that "" could be relative to.
  const address = checked("baseUrl", "an http(s) address without query", () => addressOf(baseUrl.trim()));
  const calls = createCalls(address, headersOf);
  const post = (path: string, fields: Record<string, string | undefined>, options: CallOptions | undefined) =>
    send({ url: address + path, body: JSON.stringify(bare(fields)), headers: headersOf }, signalOf(options));
  return {
    baseUrl: address,
    async recordEvent(event, options) {
      return { ok: true, queued: await calls.record(eventOf(bare(event)), signalOf(options)) };
    },
    async getState(query, options) {
      return calls.readState(queryOf(bare(query)), signalOf(options));
    },
    async aliasUser(alias, options) {
      const { projectId, anonymousId, userHash } = bare(alias);
      need({ projectId, anonymousId, userHash });
      await post("/admin/alias", { siteKey: projectId, anonymousId, userHash }, options);
    },
    async aliasWithToken(alias, options) {
      const { token, projectId } = bare(alias);
      need({ token });
      await post("/v1/alias", { token, siteKey: projectId }, options);
    },
    flush: calls.flush,
  };
}

/** An AbortController will do as options, too. What is no signal may be an addition to `Object.prototype`. */
function signalOf(options: CallOptions | undefined): AbortSignal | undefined {
  const signal = options?.signal;
  return typeof signal?.aborted === "boolean" ? signal : undefined;
}

/** The event, by the server's names. */
function eventOf(event: StreakEvent): Record<string, unknown> {
  const { ts, meta, idempotencyKey, eventType, sessionId } = event;
  const time = () => (typeof ts === "string" ? ts : new Date(ts as Date).toISOString());
  return bare({
    ...queryOf(event),
    ...(ts != null && { ts: checked("ts", "a Date, ISO 8601 or milliseconds", time) }),
    ...(meta && { meta: checked("meta", "JSON", () => JSON.stringify(meta) && bare(meta)) }),
    ...(idempotencyKey && { idempotencyKey }),
    eventType,
    sessionId,
  });
}

function queryOf(query: StateQuery): Record<string, string> {
  const { projectId, kind, event = kind, userHash, tz = browserZone(), asOf } = query;
  need({ projectId, event, userHash });
  return bare({ siteKey: projectId, event: event as string, userHash, ...(tz && { tz }), ...(asOf && { asOf }) });
}

/** Returns what a function makes of an argument, or throws INVALID_ARGUMENT. */
function checked<T>(name: string, wanted: string, make: () => T): T {
  try {
    return make();
  } catch {
    throw invalid(name, wanted);
  }
}

function need(fields: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== "string" || !value) {
      throw invalid(name, "a text");
    }
  }
}

function invalid(name: string, wanted: string): StreakdError {
  return new StreakdError("INVALID_ARGUMENT", `${name} must be ${wanted}.`);
}
