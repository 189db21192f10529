import { bare, randomId } from "./environment.ts";
import { IN_BROWSER } from "./in-browser.ts";
import { createOutbox } from "./outbox.ts";
import { type HeadersOf, send } from "./transport.ts";
import type { State } from "./types.ts";

/** What a body or a query holds, as the server names it. Undefined fields are left out. */
export type Fields = Readonly<Record<string, unknown>>;

/** The calls as they are sent: arguments are checked, and fields have the server's names. */
export interface Calls {
  /**
   * Sends an event, again if need be; it counts once. Returns whether it waits to be sent later, which only a browser's
   * does.
   */
  record(event: Fields, signal?: AbortSignal): Promise<boolean>;
  readState(query: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<State>;
  post(path: string, body: Fields, signal?: AbortSignal): Promise<void>;
  /** Sends the events that wait. */
  flush(): Promise<void>;
}

/**
 * Creates the calls of a server.
 *
 * @param base the server's address, without a slash at the end
 * @param headersOf returns the headers of a request
 */
export function createCalls(base: string, headersOf: HeadersOf): Calls {
  const events = "/v1/e";
  const outbox = IN_BROWSER ? createOutbox(base + events, headersOf) : undefined;

  async function post(path: string, body: Fields, signal?: AbortSignal, answer?: "ok"): Promise<void> {
    await send({ url: base + path, body: JSON.stringify(body), headers: headersOf, answer }, signal);
  }

  return {
    async record(event, signal) {
      signal?.throwIfAborted();
      // The time and the key are made once, so that sending the event again changes nothing. The outbox looks for the time
      // at the beginning.
      const time = event.ts === undefined && { ts: new Date().toISOString() };
      const body = bare({ ...time, ...event, idempotencyKey: event.idempotencyKey || randomId() });
      if (outbox !== undefined) {
        return outbox.post(JSON.stringify(body), signal);
      }
      await post(events, body, signal, "ok");
      return false;
    },
    async readState(query, signal) {
      const url = `${base}/v1/state?${new URLSearchParams(query)}`;
      return (await send({ url, body: null, headers: headersOf, answer: "streak" }, signal)) as State;
    },
    post,
    flush: outbox?.flush ?? (async () => {}),
  };
}
