import type { LimitName } from "../limits.ts";

/** Why a connection ends: the client broke HTTP/2's rules, or went over a bound. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: number;
  /** The bound that the client went over, if it was one. */
  readonly limit: LimitName | undefined;

  /** @param code what GOAWAY says */
  constructor(code: number, limit?: LimitName) {
    super(`HTTP/2 error ${code}`);
    this.code = code;
    this.limit = limit;
  }
}

/** Why a stream ends, while its connection goes on. */
export class StreamError extends Error {
  override readonly name = "StreamError";
  readonly code: number;

  /** @param code what RST_STREAM says */
  constructor(code: number) {
    super(`HTTP/2 stream error ${code}`);
    this.code = code;
  }
}
