import { ConnectionError } from "./errors.ts";
import { CODE, MAX_FRAME_BYTES, MAX_WINDOW, SETTING } from "./frames.ts";

/** How many bytes a setting takes in the payload of SETTINGS: its id and its value. */
const SETTING_BYTES = 6;

/** The largest value of MAX_FRAME_SIZE that a client may send. */
const MOST_FRAME_BYTES = 2 ** 24 - 1;

/**
 * What is kept of a client's settings. The rest is only checked: frames and tables here are no larger than every client
 * takes.
 */
export interface ClientSettings {
  /** The window of its streams; undefined when it stays as it was. */
  readonly window: number | undefined;
  /** Whether the client has changed the size of the table for header blocks. */
  readonly hasTableSize: boolean;
}

/** Reads the payload of SETTINGS. Throws ConnectionError when it is not valid. */
export function readSettings(payload: Buffer): ClientSettings {
  if (payload.length % SETTING_BYTES !== 0) {
    throw new ConnectionError(CODE.FRAME_SIZE_ERROR);
  }
  let window: number | undefined;
  let hasTableSize = false;
  for (let at = 0; at < payload.length; at += SETTING_BYTES) {
    const value = payload.readUInt32BE(at + 2);
    switch (payload.readUInt16BE(at)) {
      case SETTING.HEADER_TABLE_SIZE:
        hasTableSize = true;
        break;
      case SETTING.ENABLE_PUSH:
        require(value <= 1, CODE.PROTOCOL_ERROR);
        break;
      case SETTING.INITIAL_WINDOW_SIZE:
        require(value <= MAX_WINDOW, CODE.FLOW_CONTROL_ERROR);
        window = value;
        break;
      case SETTING.MAX_FRAME_SIZE:
        require(value >= MAX_FRAME_BYTES && value <= MOST_FRAME_BYTES, CODE.PROTOCOL_ERROR);
        break;
    }
  }
  return { window, hasTableSize };
}

function require(isValid: boolean, code: number): void {
  if (!isValid) {
    throw new ConnectionError(code);
  }
}
