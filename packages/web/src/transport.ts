import { bare } from "./environment.ts";
import { StreakdError } from "./error.ts";

/** What is sent. */
export interface Message {
  readonly url: string;
  readonly headers: Headers;
  /** JSON, sent as plain text: that needs no preflight. Undefined for a GET. */
  readonly body: string | undefined;
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
  return status < 300 || status >= 500 || (status === 429 && retryAfter <= MAX_RETRY_AFTER);
}

/**
 * Sends a message, again if need be, and returns the answer's JSON. Rejects with a {@link StreakdError}, or with the signal's
 * reason.
 */
export async function send(message: Message, signal: AbortSignal | undefined): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await sendOnce(message, signal, attempt);
    } catch (error) {
      signal?.throwIfAborted();
      const { retryAfter = 0 } = error as StreakdError;
      if (attempt === MAX_ATTEMPTS || !isTemporary(error as StreakdError) || retryAfter * 1000 > MAX_WAIT_MS) {
        throw error;
      }
      // A random part of the backoff, and never less than the server says.
      await wait(Math.max(retryAfter * 1000, BACKOFF_MS * 2 ** (attempt - 1) * Math.random()), signal);
    }
  }
}

async function sendOnce({ url, headers, body }: Message, signal: AbortSignal | undefined, attempt: number) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(
      url,
      bare<RequestInit>({
        method: body ? "POST" : "GET",
        credentials: "omit",
        cache: "no-store",
        // The message is sent even if the page goes meanwhile. Browsers refuse that beyond 64 KiB in flight, so that a retry
        // does without.
        keepalive: body !== undefined && attempt === 1,
        // Without `any`, in older browsers, the caller's signal alone.
        signal: signal === undefined ? timeout : (AbortSignal.any?.([signal, timeout]) ?? signal),
        headers,
        body: body ?? null,
      }),
    );
    text = await response.text();
  } catch (error) {
    throw new StreakdError("NETWORK", `${url} can't be reached: ${error}`);
  }
  const { ok, status, headers: answered } = response;
  let json: { ok?: boolean; streak?: object; error?: string; message?: string } = bare({});
  try {
    json = bare(JSON.parse(text));
  } catch {}
  if (ok && (json.ok || json.streak || status === NO_CONTENT)) {
    return json;
  }
  // Without a code it is a proxy's answer, or that of a network that wants people to sign in.
  const { error = "", message = `The answer ${status} is not streakd's. Is baseUrl right? ${url}` } = json;
  throw new StreakdError(
    /^[A-Z_]+$/.test(error) ? error : UNEXPECTED_ANSWER,
    message,
    status,
    retryAfterOf(answered.get("Retry-After")),
  );
}

/** Retry-After is a number of seconds, or a date. */
function retryAfterOf(value: string | null): number | undefined {
  const seconds = Number(value) || (Date.parse(value ?? "") - Date.now()) / 1000;
  return seconds > 0 ? seconds : undefined;
}

/** Waits, no longer than until the signal ends the call. */
function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}
