import type { Socket } from "node:net";
import { peerOf } from "../../address.ts";
import { tooLarge } from "../body.ts";
import type { Request, RequestBody } from "../message.ts";
import { OverListeners } from "../over-listeners.ts";
import { requestIdOf } from "../request-id.ts";
import type { BodilessRequest, WholeRequest } from "./request.ts";

/** A request for the transports: one that has come whole, or one whose body is refused. */
export class FastRequest implements Request {
  readonly method: string;
  readonly url: string;
  readonly httpVersionMajor = 1;
  readonly receivedAt = performance.now();
  readonly headers: WholeRequest["headers"];
  readonly requestId: string;
  isCall = false;
  forwardedFor: string | undefined;
  readonly body: RequestBody;
  readonly #socket: Socket;
  readonly #over = new OverListeners();

  constructor({ method, url, headers, body }: WholeRequest | BodilessRequest, socket: Socket) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.requestId = requestIdOf(headers);
    this.#socket = socket;
    this.body = body === undefined ? REFUSED_BODY : new WholeBody(body);
  }

  get peer(): string | undefined {
    return this.forwardedFor ?? peerOf(this.#socket);
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  onceOver(listener: () => void): void {
    this.#over.add(listener);
  }

  /** Says that the request is over: it is answered, or the client has gone. */
  end(): void {
    this.#over.end();
  }
}

/** A body that has come whole. */
class WholeBody implements RequestBody {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  whole(limit: number, framing = 0): Uint8Array {
    if (this.#bytes.length > limit + framing) {
      throw tooLarge(limit);
    }
    return this.#bytes;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    yield this.#bytes;
  }
}

/** The body of a request whose body is refused for its size. */
const REFUSED_BODY: RequestBody = {
  whole(limit) {
    throw tooLarge(limit);
  },
  chunks() {
    throw new Error("a body that is read as it comes has no limit");
  },
};
