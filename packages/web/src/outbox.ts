import { StreakdError } from "./error.ts";
import { forget, isOld, keep, list, newKey, recall } from "./queue.ts";
import { type HeadersOf, isTemporary, MAX_RETRY_AFTER, send, UNEXPECTED_ANSWER } from "./transport.ts";

/** Sends a browser's events, and keeps what can't be sent now. */
export interface Outbox {
  /**
   * Keeps an event, and sends it. Returns whether it waits to be sent later. Rejects with the server's refusal, and the
   * event is forgotten; with the signal's reason or what the headers reject with, and it stays; or with QUEUE_FULL, if it
   * can be neither sent nor kept.
   */
  post(body: string, signal: AbortSignal | undefined): Promise<boolean>;
  /** Sends what waits. */
  flush(): Promise<void>;
}

/** How many waiting events are sent at a time. */
const PARALLEL = 6;
/** How many are sent when the page goes: nobody is left then to send one after another. Browsers allow 64 KiB. */
const PARALLEL_AT_PAGEHIDE = 300;
/** How long the queue waits at first before it is sent again, in milliseconds; twice as long each time, up to the last. */
const MIN_BACKOFF_MS = 3_000;
const MAX_BACKOFF_MS = 5 * 60_000;
/** The time that the SDK has added, which is first in a body. A caller's own comes later. */
const CLOCK_TIME = /^{"ts":"[^"]*",/;

/** Refusals that may end, since operators change who may call, and from where. */
const MAY_CHANGE: readonly (number | undefined)[] = [401, 403, 421];

/** After so many of these the others are left for the next time. */
const MAX_REFUSALS = 30;

/** What this copy of the SDK sends just now. */
const sending = new Set<string>();
/** Ends with the last flush of this copy of the SDK, where there are no locks. */
let flushed = Promise.resolve();

/**
 * Creates the outbox of a client. It sends what waits at once, when the browser is online again, and after a while when the
 * server was away. When the page goes it sends once more what has no answer, and the next page sends the rest.
 *
 * @param url where events go. What waits for other servers is left to their clients.
 * @param headersOf returns the headers of a request
 */
export function createOutbox(url: string, headersOf: HeadersOf): Outbox {
  let failures = 0;
  let isPlanned = false;
  /** Until when the server wants to be left alone, in epoch milliseconds. */
  let busyUntil = 0;

  async function deliver(key: string, body: string, headers: HeadersOf, signal?: AbortSignal): Promise<void> {
    const message = { url, body, headers, answer: "ok" } as const;
    sending.add(key);
    await send(message, signal)
      .catch((error) => {
        const withoutTime = body.replace(CLOCK_TIME, "{");
        if (error?.code !== "INVALID_BODY" || error.status > 400 || withoutTime === body) {
          throw error;
        }
        // A clock that is fast makes times that are refused. Then the server's counts.
        return send({ ...message, body: withoutTime }, signal);
      })
      .then(() => {
        forget(key);
        failures = 0;
      })
      .finally(() => sending.delete(key));
  }

  /** Plans the next flush, unless one is planned: many events fail at the same time. */
  function flushLater(retryAfter = 0): void {
    busyUntil = Math.max(busyUntil, Date.now() + Math.min(retryAfter, MAX_RETRY_AFTER) * 1000);
    if (!isPlanned) {
      isPlanned = true;
      const backoffMs = Math.min(MIN_BACKOFF_MS * 2 ** failures++, MAX_BACKOFF_MS) * (0.5 + Math.random() / 2);
      setTimeout(
        () => {
          isPlanned = false;
          flush();
        },
        Math.max(backoffMs, busyUntil - Date.now()),
      );
    }
  }

  async function sendWaiting(headers: HeadersOf, parallel: number): Promise<void> {
    // In any order, so that those that are refused are not always the first.
    const keys = list(url)
      .sort(() => Math.random() - 0.5)
      .values();
    let refusals = 0;
    let isAway = Date.now() < busyUntil;
    if (isAway) {
      flushLater();
    }
    await Promise.all(
      Array.from(Array(parallel), async () => {
        for (const key of keys) {
          const body = isAway || sending.has(key) ? undefined : recall(key);
          if (!body) {
            continue;
          }
          try {
            await deliver(key, body, headers);
          } catch (error) {
            const { code, status, retryAfter } = error as StreakdError;
            const mayEnd = code === UNEXPECTED_ANSWER || MAY_CHANGE.includes(status);
            if (isTemporary(error as StreakdError)) {
              isAway = true;
              flushLater(retryAfter);
            } else if (isOld(key) || !mayEnd) {
              forget(key);
              console.warn("streakd: refused:", body, error);
            } else {
              isAway ||= ++refusals >= MAX_REFUSALS;
              flushLater();
            }
          }
        }
      }),
    );
  }

  /** Gets the headers first: a user token may be long in coming, and nothing may hold the lock meanwhile. */
  function withHeaders(act: (headers: HeadersOf) => Promise<void>): Promise<void> {
    const headers = headersOf();
    return headers.then(() => act(() => headers)).catch(() => flushLater());
  }

  /**
   * Sends what waits for the server in one tab at a time, where there are locks, one flush after another: so none ends
   * before an event is sent that another has taken. Beside a call the same event may be sent twice: its key makes it count
   * once.
   */
  async function flush(): Promise<void> {
    if (list(url)[0]) {
      await withHeaders((headers) => {
        const act = () => sendWaiting(headers, PARALLEL);
        if (navigator.locks) {
          // Sandboxed frames have locks and may not use them.
          return navigator.locks.request(url, act).catch(act);
        }
        flushed = flushed.then(act, act);
        return flushed;
      });
    }
  }

  addEventListener("online", () => {
    failures = 0;
    flush();
  });
  addEventListener("pagehide", () => {
    // Also what waits for a retry: its timer ends with the page. Each client does so, since each has a token of its own.
    // The key keeps it from counting twice.
    sending.clear();
    withHeaders((headers) => sendWaiting(headers, PARALLEL_AT_PAGEHIDE));
  });
  setTimeout(flush);

  return {
    async post(body, signal) {
      const key = newKey(url);
      // Again when it is known that the event must wait: the page may have cleared its storage.
      function keepForLater(retryAfter?: number): true {
        flushLater(retryAfter);
        if (!keep(key, body)) {
          throw new StreakdError("QUEUE_FULL", "Too many events.");
        }
        return true;
      }
      // A full queue is no reason not to send.
      keep(key, body);
      if (!navigator.onLine || Date.now() < busyUntil) {
        return keepForLater();
      }
      try {
        await deliver(key, body, headersOf, signal);
        return false;
      } catch (error) {
        if (!(error instanceof StreakdError)) {
          keepForLater();
        } else if (isTemporary(error)) {
          return keepForLater(error.retryAfter);
        } else {
          forget(key);
        }
        throw error;
      }
    },
    flush,
  };
}
