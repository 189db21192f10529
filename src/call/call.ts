import type { Deadline } from "../deadline.ts";

/** What a service method learns of its caller beyond the request. */
export interface Call {
  readonly requestHeader: { get(name: string): string | null };
  readonly deadline: Deadline;
}

/** A caller as the transports know it. Connect's `HandlerContext` is one, REST builds its own. */
export interface Caller extends Pick<Call, "requestHeader"> {
  /** How long the caller still waits, in milliseconds; undefined when it did not say. */
  timeoutMs(): number | undefined;
}
