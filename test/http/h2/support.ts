import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { HeaderDecoder } from "#src/http/h2/hpack/decoder.ts";
import {
  block as blockOf,
  END_HEADERS,
  END_STREAM,
  type Field,
  frame,
  preface,
  type Setting,
  settingsPayload,
} from "../../../bench/hostile/frames.ts";

export { END_HEADERS, END_STREAM, frame };

/** The types of frames (RFC 9113, 6). Not those of the server, so that a test does not believe what it tests. */
export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;

/** The flags of frames, beside those of the bench. */
export const ACK = 1;
export const PADDED = 8;
export const PRIORITY = 0x20;

/** Returns numbers of four bytes each. */
export function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) {
    bytes.writeUInt32BE(value, 4 * index);
  }
  return bytes;
}

/** Returns the payload of SETTINGS. */
export function settings(...pairs: readonly Setting[]): Buffer {
  return settingsPayload(pairs);
}

/** What a client sends first: the preface and its settings. */
export function opening(...pairs: readonly Setting[]): Buffer {
  return preface(pairs);
}

/** Returns a header block without any compression. */
export function block(...headers: readonly Field[]): Buffer {
  return blockOf(headers);
}

/** The headers of a request. */
export function request(method: string, path = "/a", more: readonly (readonly [string, string])[] = []): Buffer {
  return block([":method", method], [":scheme", "http"], [":path", path], [":authority", "h"], ...more);
}

/** A frame that was received. */
export interface Seen {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** An answer, as far as it came. */
export interface SeenAnswer {
  status?: string;
  body: Buffer;
  isWhole: boolean;
  resetCode?: number;
}

/** A client of HTTP/2 that sends whatever a test says, and keeps the frames that it gets. */
export class FrameClient {
  readonly socket: Socket;
  readonly frames: Seen[] = [];
  readonly answers = new Map<number, SeenAnswer>();
  readonly closed: Promise<unknown>;
  readonly #decoder = new HeaderDecoder();
  #bytes: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("error", () => {});
    this.socket.on("data", (bytes) => this.#read(bytes));
    this.closed = new Promise((resolve) => this.socket.once("close", resolve));
  }

  /** Sends, and resolves when the kernel has it. */
  send(...bytes: readonly Buffer[]): Promise<void> {
    return new Promise((resolve) => this.socket.write(Buffer.concat(bytes), () => resolve()));
  }

  /** Resolves to the first frame that matches, or to undefined when the connection ends without one. */
  async sees(matches: (frame: Seen) => boolean): Promise<Seen | undefined> {
    for (;;) {
      const found = this.frames.find(matches);
      if (found !== undefined || this.socket.destroyed) {
        return found;
      }
      await Promise.race([once(this.socket, "data"), this.closed]);
    }
  }

  /** Resolves when the server has handled what was sent before. */
  async settled(mark: number): Promise<void> {
    const payload = numbers(0xabcd, mark);
    await this.send(frame(TYPE.ping, 0, 0, payload));
    await this.sees(({ type, flags, payload: got }) => type === TYPE.ping && flags === ACK && got.equals(payload));
  }

  /** Resolves to the code of GOAWAY, or to undefined when there is none. */
  async goawayCode(): Promise<number | undefined> {
    return (await this.sees(({ type }) => type === TYPE.goaway))?.payload.readUInt32BE(4);
  }

  /** Resolves to the code with which a stream is reset. */
  async resetCode(stream: number): Promise<number | undefined> {
    return (await this.sees((seen) => seen.type === TYPE.reset && seen.stream === stream))?.payload.readUInt32BE(0);
  }

  /** Resolves to the answer of a stream when it is over. */
  async answer(stream: number): Promise<SeenAnswer | undefined> {
    for (;;) {
      const answer = this.answers.get(stream);
      if (answer?.isWhole || answer?.resetCode !== undefined || this.socket.destroyed) {
        return answer;
      }
      await Promise.race([once(this.socket, "data"), this.closed]);
    }
  }

  #read(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    while (this.#bytes.length >= 9) {
      const end = 9 + this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < end) {
        return;
      }
      this.#take({
        type: this.#bytes[3] as number,
        flags: this.#bytes[4] as number,
        stream: this.#bytes.readUInt32BE(5),
        payload: this.#bytes.subarray(9, end),
      });
      this.#bytes = this.#bytes.subarray(end);
    }
  }

  #take(seen: Seen): void {
    this.frames.push(seen);
    const { type, flags, stream, payload } = seen;
    if (type !== TYPE.data && type !== TYPE.headers && type !== TYPE.reset) {
      return;
    }
    const answer = this.answers.get(stream) ?? { body: Buffer.alloc(0), isWhole: false };
    this.answers.set(stream, answer);
    if (answer.isWhole || answer.resetCode !== undefined) {
      // A reset may follow a whole answer, to stop its upload. Nothing else may come.
      if (type !== TYPE.reset || answer.resetCode !== undefined) {
        throw new Error(`a frame of type ${type} behind the end of stream ${stream}`);
      }
    }
    if (type === TYPE.reset) {
      answer.resetCode = payload.readUInt32BE(0);
      return;
    }
    if (type === TYPE.data) {
      answer.body = Buffer.concat([answer.body, payload]);
    } else {
      this.#decoder.decode(payload, (name, value) => {
        if (name === ":status") {
          answer.status = value;
        }
      });
    }
    answer.isWhole = (flags & END_STREAM) !== 0;
  }
}
