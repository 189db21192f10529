/** What a service method learns of its caller beyond the request. Connect's `HandlerContext` is one, REST builds its own. */
export interface Call {
  readonly requestHeader: { get(name: string): string | null };
  /** How long the caller still waits, in milliseconds; undefined when it did not say. */
  timeoutMs(): number | undefined;
}
