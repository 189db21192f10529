import { bare } from "./environment.ts";
import { StreakdError } from "./error.ts";

/** What is sent. */
export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** JSON, sent as plain text: that needs no preflight. Undefined means that it is read. */
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

/** Who is told to come back later than that is refused, such as by a plan that is full this month; in seconds. */
const MAX_RETRY_AFTER = 3_600;

/** Whether the same message may succeed soon: the server was not reached, was busy, or failed. */
export function isTemporary(error: unknown): error is StreakdError {
  if (!(error instanceof StreakdError)) {
    return false;
  }
  const { status, retryAfter = 0 } = error;
  return status === undefined || ((status === 429 || status >= 500) && retryAfter <= MAX_RETRY_AFTER);
}

/** How long to wait before a retry, in milliseconds: a random part of the backoff, and never less than the server says. */
export function waitOf(backoffMs: number, { retryAfter = 0 }: StreakdError): number {
  return Math.max(retryAfter * 1000, backoffMs * Math.random());
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
      const waitMs = isTemporary(error) ? waitOf(BACKOFF_MS * 2 ** (attempt - 1), error) : Number.POSITIVE_INFINITY;
      if (attempt === MAX_ATTEMPTS || waitMs > MAX_WAIT_MS) {
        throw error;
      }
      await wait(waitMs, signal);
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
        method: body === undefined ? "GET" : "POST",
        mode: "cors",
        credentials: "omit",
        redirect: "follow",
        cache: "no-store",
        // The message is sent even if the page goes meanwhile. Browsers refuse that beyond 64 KiB in flight, so that a retry
        // does without.
        keepalive: body !== undefined && attempt === 1,
        // Without `any`, in older browsers, the caller's signal alone.
        signal: signal === undefined ? timeout : (AbortSignal.any?.([signal, timeout]) ?? signal),
        ...(headers !== undefined && { headers: bare(headers) }),
        ...(body !== undefined && { body }),
      }),
    );
    text = await response.text();
  } catch (error) {
    throw new StreakdError("NETWORK", `${url} can't be reached: ${error}`);
  }
  const { ok, status, headers: answered } = response;
  let json: { error?: string; message?: string } = bare({});
  try {
    json = bare(JSON.parse(text || "{}"));
  } catch {
    // A proxy's answer, or that of a network that wants people to sign in.
    json.message = `The answer ${status} is not streakd's. Is baseUrl right? ${url}`;
  }
  if (ok && json.message === undefined) {
    return json;
  }
  const { error = "UNEXPECTED_ANSWER", message = error } = json;
  throw new StreakdError(error, message, ok ? undefined : status, retryAfterOf(answered.get("Retry-After")));
}

/** Retry-After is a number of seconds, or a date. */
function retryAfterOf(value: string | null): number | undefined {
  const seconds = value ? Number(value) || (Date.parse(value) - Date.now()) / 1000 : Number.NaN;
  return seconds >= 0 ? seconds : undefined;
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort);
  });
}
