import { CAN_ABORT } from "./can-abort.ts";
import { bare, randomId } from "./environment.ts";
import { IN_BROWSER } from "./in-browser.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
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
  /** Sends the events that wait. */
  flush(): Promise<void>;
}

/**
 * Creates the calls of a server.
 *
 * @param base the server's address, without a slash at the end
 * @param headers returns the headers of a request
 */
export function createCalls(base: string, headers: HeadersOf): Calls {
  const url = `${base}/v1/e`;
  // Outside of browsers nothing waits.
  const { post, flush }: Outbox = IN_BROWSER
    ? createOutbox(url, headers)
    : {
        async post(body, signal) {
          await send({ url, body, headers, answer: "ok" }, signal);
          return false;
        },
        flush: async () => {},
      };
  return {
    async record(event, signal) {
      if (CAN_ABORT) {
        signal?.throwIfAborted();
      }
      // The time and the key are made once, so that sending the event again changes nothing. The outbox looks for the time
      // at the beginning.
      const time = !event.ts && { ts: new Date().toISOString() };
      const body = bare({ ...time, idempotencyKey: randomId(), ...event });
      return post(JSON.stringify(body), signal);
    },
    readState(query, signal) {
      const url = `${base}/v1/state?${new URLSearchParams(query)}`;
      return send({ url, body: null, headers, answer: "streak" }, signal) as Promise<State>;
    },
    flush,
  };
}
