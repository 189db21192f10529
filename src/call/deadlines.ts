import { Deadline, MAX_CALL_MS } from "../deadline.ts";
import type { Call, Caller } from "./call.ts";

/** How long a caller is taken to wait that does not say, in milliseconds; REST callers never do. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** A service as the transports call it. */
export type Timed<Service> = {
  [Name in keyof Service]: Service[Name] extends (request: infer Request, call: Call) => infer Answer
    ? (request: Request, caller: Caller) => Answer
    : never;
};

type Method = (request: unknown, call: Call) => Promise<unknown>;

/**
 * The same service with a deadline for each call: the caller's own, or else ours. When it is over the call is answered,
 * wherever its work is stuck; the work sees the deadline in its `Call`, and begins nothing after it.
 *
 * @param unhurried the methods that take as long as they take when the caller does not say how long it waits
 */
export function withDeadlines<Service extends object>(
  service: Service,
  unhurried: readonly (keyof Service)[] = [],
): Timed<Service> {
  const methods = Object.entries(service) as [string, Method][];
  const timed = methods.map(([name, method]) => {
    const isUnhurried = unhurried.includes(name as keyof Service);
    return [
      name,
      (request: unknown, caller: Caller) => {
        const theirs = caller.timeoutMs();
        return theirs === undefined && isUnhurried
          ? method(request, { requestHeader: caller.requestHeader, deadline: new Deadline(Number.POSITIVE_INFINITY) })
          : answerInTime(method, request, caller.requestHeader, deadlineOf(theirs));
      },
    ] as const;
  });
  return Object.fromEntries(timed) as unknown as Timed<Service>;
}

/** Who is late by a deadline that is ours and not the caller's own, is told so as what it is: the server can't keep up. */
function deadlineOf(theirs: number | undefined): Deadline {
  return theirs !== undefined && theirs <= MAX_CALL_MS
    ? new Deadline(theirs, "DEADLINE_EXCEEDED")
    : new Deadline(theirs === undefined ? DEFAULT_TIMEOUT_MS : MAX_CALL_MS, "OVERLOADED");
}

function answerInTime(
  method: Method,
  request: unknown,
  requestHeader: Call["requestHeader"],
  deadline: Deadline,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // A call without any time left is not begun.
    deadline.check();
    // Before the timer: a method that throws at once, as checks do, would leave it behind with the whole request.
    const answer = method(request, { requestHeader, deadline });
    const timer = setTimeout(() => reject(deadline.error()), deadline.at - performance.now());
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
