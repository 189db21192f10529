import { createCalls } from "./calls.ts";
import { addressOf, bare, browserZone, IN_BROWSER } from "./environment.ts";
import { StreakdError } from "./error.ts";
import type { Message } from "./transport.ts";
import type { CallOptions, Client, ClientOptions, StateQuery, StreakEvent } from "./types.ts";

/**
 * Creates a client. It throws a {@link StreakdError}: `INVALID_ARGUMENT` without a `baseUrl`, and `ADMIN_TOKEN_IN_BROWSER` for
 * an admin token in a browser.
 */
export function createClient(init: ClientOptions): Client {
  const { baseUrl, adminToken, headers, userToken } = bare(init);
  if (IN_BROWSER && adminToken !== undefined) {
    const message = "Everybody can read a token in a browser: revoke it, and use it on your server only.";
    throw new StreakdError("ADMIN_TOKEN_IN_BROWSER", message);
  }

  async function headersOf(): Promise<Message["headers"]> {
    const token = typeof userToken === "function" ? await userToken() : userToken;
    const given = bare({
      ...headers,
      ...(adminToken && { "X-Admin-Token": adminToken }),
      ...(token && { "X-User-Token": token }),
    });
    return Object.keys(given).length > 0 ? given : undefined;
  }

  const calls = createCalls(checkedAddressOf(baseUrl), headersOf);
  return {
    async recordEvent(event, options) {
      return { ok: true, queued: await calls.record(eventOf(bare(event)), signalOf(options)) };
    },
    async getState(query, options) {
      return calls.readState(queryOf(bare(query)), signalOf(options));
    },
    async aliasUser(alias, options) {
      const { projectId, anonymousId, userHash } = bare(alias);
      need({ projectId, anonymousId, userHash });
      await calls.post("/admin/alias", bare({ siteKey: projectId, anonymousId, userHash }), signalOf(options));
    },
    async aliasWithToken(alias, options) {
      const { token, projectId } = bare(alias);
      need({ token });
      await calls.post("/v1/alias", bare({ token, siteKey: projectId }), signalOf(options));
    },
    flush: calls.flush,
  };
}

/** An AbortController will do as options, too. What is no signal may be an addition to `Object.prototype`. */
function signalOf(options: CallOptions | undefined): AbortSignal | undefined {
  const signal = options?.signal;
  return signal instanceof AbortSignal ? signal : undefined;
}

function checkedAddressOf(baseUrl: unknown): string {
  try {
    if (typeof baseUrl === "string" && (baseUrl !== "" || IN_BROWSER)) {
      return addressOf(baseUrl);
    }
  } catch {}
  throw invalid("baseUrl", "the address of your streakd, such as https://streaks.example.com");
}

/** The event, by the server's names. */
function eventOf(event: StreakEvent): Record<string, unknown> {
  const { ts, meta, idempotencyKey, eventType, sessionId } = event;
  return bare({
    ...queryOf(event),
    ...(ts !== undefined && { ts: timeOf(ts) }),
    ...(meta && { meta: bare(meta) }),
    ...(idempotencyKey && { idempotencyKey }),
    eventType,
    sessionId,
  });
}

function queryOf({ projectId, event: name, kind, userHash, tz = browserZone() }: StateQuery): Record<string, string> {
  const event = name ?? kind;
  need({ projectId, event, userHash });
  return bare({ siteKey: projectId, event: event as string, userHash, ...(tz && { tz }) });
}

function timeOf(ts: Date | string | number): string {
  try {
    return typeof ts === "string" ? ts : new Date(ts).toISOString();
  } catch {
    throw invalid("ts", "a valid Date, ISO 8601, or epoch milliseconds");
  }
}

function need(fields: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== "string" || value === "") {
      throw invalid(name, "a text that is not empty");
    }
  }
}

function invalid(name: string, wanted: string): StreakdError {
  return new StreakdError("INVALID_ARGUMENT", `${name} must be ${wanted}.`);
}
