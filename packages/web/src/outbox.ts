import { StreakdError } from "./error.ts";
import { forget, keep, list, recall, type Waiting } from "./queue.ts";
import { isTemporary, type Message, send, waitOf } from "./transport.ts";

/** Sends a browser's events, and keeps what can't be sent now. */
export interface Outbox {
  /**
   * Keeps an event, and sends it. Returns whether it waits to be sent later. Rejects when the server refuses it, which
   * forgets it, or with the signal's reason, which does not.
   */
  post(body: string, signal: AbortSignal | undefined): Promise<boolean>;
  /** Sends what waits. */
  flush(): Promise<void>;
}

/** How many waiting events are sent at a time. */
const PARALLEL = 6;
/** How long the queue waits at first before it is sent again, in milliseconds; twice as long each time, up to the last. */
const FIRST_WAIT_MS = 3_000;
const LAST_WAIT_MS = 30 * 60_000;
/**
 * Who may call changes: an event that no call waits for stays when it is refused with these, or when its headers could not
 * be made.
 */
const MAY_CHANGE: readonly (number | undefined)[] = [401, 403, undefined];

/** What this page sends just now. */
const sending = new Set<string>();

/**
 * Creates the outbox of a client. It sends what waits at once, when the browser is online again, and after a while when the
 * server was away. What is being sent when the page goes is sent to the end by the browser; the next page sends the rest.
 *
 * @param url where events go. What waits for other servers is left to their clients.
 * @param headersOf returns the headers of a request; undefined when there are none
 */
export function createOutbox(url: string, headersOf: () => Promise<Message["headers"]>): Outbox {
  let failures = 0;
  let isPlanned = false;

  async function deliver({ key, body }: Waiting, signal: AbortSignal | undefined): Promise<void> {
    sending.add(key);
    try {
      await send({ url, body, headers: await headersOf() }, signal);
      forget(key);
      failures = 0;
    } finally {
      sending.delete(key);
    }
  }

  /** Has the queue sent again after a while, unless it will be: many events fail at the same time. */
  function flushLater(error: StreakdError): void {
    if (isPlanned) {
      return;
    }
    isPlanned = true;
    const backoffMs = Math.min(FIRST_WAIT_MS * 2 ** failures++, LAST_WAIT_MS);
    setTimeout(
      () => {
        isPlanned = false;
        flush();
      },
      Math.max(backoffMs / 2, waitOf(backoffMs, error)),
    );
  }

  async function sendWaiting(): Promise<void> {
    const keys = list().values();
    let isAway = false;
    await Promise.all(
      Array.from(Array(PARALLEL), async () => {
        for (const key of keys) {
          const waiting = isAway || sending.has(key) ? undefined : recall(key);
          if (waiting?.url !== url) {
            continue;
          }
          try {
            await deliver(waiting, undefined);
          } catch (error) {
            if (isTemporary(error)) {
              isAway = true;
              flushLater(error);
            } else if (!MAY_CHANGE.includes((error as StreakdError).status)) {
              console.warn("streakd: an event is refused:", waiting.body, error);
              forget(key);
            }
          }
        }
      }),
    );
  }

  /** One tab at a time, where there are locks. Elsewhere two may send the same event, which counts once by its key. */
  async function flush(): Promise<void> {
    if (list().length > 0) {
      // Sandboxed frames have locks and may not use them.
      await (navigator.locks?.request("streakd:queue", sendWaiting).catch(sendWaiting) ?? sendWaiting());
    }
  }

  globalThis.addEventListener?.("online", () => {
    failures = 0;
    flush();
  });
  setTimeout(flush);

  return {
    async post(body, signal) {
      const waiting = keep(url, body);
      if (navigator.onLine === false) {
        return true;
      }
      try {
        await deliver(waiting, signal);
        return false;
      } catch (error) {
        if (isTemporary(error)) {
          flushLater(error);
          return true;
        }
        // Otherwise the caller has left, or has no headers for it.
        if (error instanceof StreakdError) {
          forget(waiting.key);
        }
        throw error;
      }
    },
    flush,
  };
}
