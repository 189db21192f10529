import { orAborted } from "./abort.ts";
import { CAN_ABORT } from "./can-abort.ts";
import { bare } from "./environment.ts";
import { StreakdError } from "./error.ts";

/** Returns the headers of a request. The caller's user token may be long in coming, or fail to. */
export type HeadersOf = () => Promise<Headers>;

/** What is sent. */
export interface Message {
  readonly url: string;
  readonly headers: HeadersOf;
  /** JSON, sent as plain text: that needs no preflight. Null for a GET. */
  readonly body: string | null;
  /** A field that streakd's answer has. Undefined when the answer is 204, without a body. */
  readonly answer?: "ok" | "streak" | undefined;
}

/** What answers hold that matters here. */
interface Answer {
  readonly ok?: true;
  readonly streak?: object;
  readonly error?: string;
  readonly message?: string;
}

/** How often a message is sent before the call fails. */
const MAX_ATTEMPTS = 3;
/** How long the first retry waits at most, in milliseconds; each further one waits twice as long. */
const BACKOFF_MS = 1_000;
/** A call does not wait for longer than this before a retry, in milliseconds. */
const MAX_WAIT_MS = 10_000;
/** After this time without an answer an attempt has failed, in milliseconds. */
const TIMEOUT_MS = 30_000;

/**
 * A 429 with a longer `Retry-After`, such as that of a plan that is full this month, is a refusal. Also the longest time for
 * which the queue leaves a server alone. In seconds.
 */
export const MAX_RETRY_AFTER = 3_600;

const NO_CONTENT = 204;
/** The code of an answer that is not streakd's. */
export const UNEXPECTED_ANSWER = "UNEXPECTED_ANSWER";

/** Whether the same message may succeed soon: the server was not reached, was busy, or failed. */
export function isTemporary({ status = 0, retryAfter = 0 }: StreakdError): boolean {
  return status < 400 || status === 408 || status >= 500 || (status === 429 && retryAfter <= MAX_RETRY_AFTER);
}

/**
 * Sends a message, again if need be, and returns the answer's JSON. Rejects with a {@link StreakdError}, with what the headers
 * reject with, or at once with the reason of the signal that ends the call.
 */
export async function send(message: Message, signal: AbortSignal | undefined): Promise<unknown> {
  if (CAN_ABORT) {
    signal?.throwIfAborted();
  }
  const headers = await (CAN_ABORT ? orAborted(message.headers(), signal) : message.headers());
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendOnce(message, headers, signal, attempt);
    } catch (error) {
      if (CAN_ABORT) {
        signal?.throwIfAborted();
      }
      const { retryAfter = 0 } = error as StreakdError;
      if (attempt === MAX_ATTEMPTS || !isTemporary(error as StreakdError) || retryAfter * 1000 > MAX_WAIT_MS) {
        throw error;
      }
      // A random part of the backoff, and never less than the server says.
      const ms = Math.max(retryAfter * 1000, BACKOFF_MS * 2 ** (attempt - 1) * Math.random());
      let timer: ReturnType<typeof setTimeout> | undefined;
      const passed = new Promise((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await (CAN_ABORT ? orAborted(passed, signal).finally(() => clearTimeout(timer)) : passed);
    }
  }
}

async function sendOnce(
  { url, body, answer }: Message,
  headers: Headers,
  signal: AbortSignal | undefined,
  attempt: number,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const init: RequestInit = {
    method: body ? "POST" : "GET",
    credentials: "omit",
    // The message is sent even if the page goes meanwhile. Browsers refuse that beyond 64 KiB in flight, so that a retry does
    // without.
    keepalive: !!body && attempt === 1,
    // Without `any`, in older browsers, the caller's signal alone.
    signal: CAN_ABORT ? (AbortSignal.any?.([signal ?? timeout, timeout]) ?? signal ?? timeout) : timeout,
    headers,
    body,
  };
  const response = await fetch(url, bare(init)).catch((error) => {
    throw new StreakdError("NETWORK", `Can't reach ${url}: ${error}`);
  });
  const json: Answer = bare(await response.json().catch(() => {}));
  const { ok, status } = response;
  if (ok && (answer ? json[answer] : status === NO_CONTENT)) {
    return json;
  }
  // Without a code it is a proxy's answer, or that of a network that wants people to sign in.
  const { error = "", message = `Answer ${status} is not streakd's: ${url}` } = json;
  throw new StreakdError(
    /^[A-Z_]+$/.test(error) ? error : UNEXPECTED_ANSWER,
    message,
    status,
    retryAfterOf(response.headers.get("Retry-After")),
  );
}

/** Retry-After is a number of seconds, or a date. */
function retryAfterOf(value: string | null): number | undefined {
  const seconds = Number(value) || (Date.parse(`${value}`) - Date.now()) / 1000;
  if (seconds > 0) {
    return seconds;
  }
}
