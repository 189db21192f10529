import { FRAME_HEAD_BYTES, Type } from "./frames.ts";

/** The error codes of HTTP/2, by number (RFC 9113, section 7). */
const ERROR_CODES = [
  ...["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED"],
  ...["FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM"],
  ...["INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"],
];

/** The statuses that HPACK's static table has, from index 8 on. */
const STATIC_STATUSES = ["200", "204", "206", "304", "400", "404", "500"];

const STATUS_LINE = Buffer.from("HTTP/1.1 ");

/**
 * Reads what a server sends, and counts its answers by name. It costs little, so that the attacker has time to attack.
 */
export class AnswerReader {
  readonly #count: (answer: string) => void;
  #isHttp2: boolean | undefined;
  /** The head of an HTTP/2 frame whose rest has not come, and how many bytes of the payload before it are skipped. */
  #rest = Buffer.alloc(0);
  #skipped = 0;

  /** @param count is called with the name of each answer */
  constructor(count: (answer: string) => void) {
    this.#count = count;
  }

  /** Takes what has come. */
  take(bytes: Buffer): void {
    this.#isHttp2 ??= bytes[0] !== STATUS_LINE[0];
    if (this.#isHttp2) {
      this.#takeFrames(bytes);
    } else {
      this.#takeStatusLines(bytes);
    }
  }

  /** A status line that is cut in two is not counted. */
  #takeStatusLines(bytes: Buffer): void {
    for (let at = bytes.indexOf(STATUS_LINE); at >= 0; at = bytes.indexOf(STATUS_LINE, at + 1)) {
      this.#count(bytes.toString("latin1", at + STATUS_LINE.length, at + STATUS_LINE.length + 3));
    }
  }

  #takeFrames(bytes: Buffer): void {
    let at = this.#skipped;
    let all = bytes;
    if (this.#rest.length > 0) {
      all = Buffer.concat([this.#rest, bytes]);
      this.#rest = Buffer.alloc(0);
    }
    // Two bytes of a payload hold the status; eight bytes hold the reason why a connection ends.
    while (at + FRAME_HEAD_BYTES <= all.length) {
      const length = all.readUIntBE(at, 3);
      const end = at + FRAME_HEAD_BYTES + length;
      if (at + FRAME_HEAD_BYTES + Math.min(length, 8) > all.length) {
        break;
      }
      this.#countFrame(all[at + 3] as number, all.subarray(at + FRAME_HEAD_BYTES, end));
      at = end;
    }
    if (at < all.length) {
      this.#rest = Buffer.from(all.subarray(at));
    }
    this.#skipped = Math.max(0, at - all.length);
  }

  #countFrame(type: number, payload: Buffer): void {
    if (type === Type.HEADERS) {
      const index = (payload[0] ?? 0) - 0x88;
      this.#count(STATIC_STATUSES[index] ?? "other HEADERS");
    } else if (type === Type.RST_STREAM) {
      this.#count(`RST_STREAM ${errorCode(payload.readUInt32BE(0))}`);
    } else if (type === Type.GOAWAY) {
      this.#count(`GOAWAY ${errorCode(payload.readUInt32BE(4))}`);
    }
  }
}

function errorCode(code: number): string {
  return ERROR_CODES[code] ?? `${code}`;
}
