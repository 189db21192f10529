import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHead } from "../message.ts";
import { OverListeners } from "../over-listeners.ts";
import { requestIdOf } from "../request-id.ts";
import { bodyFraming, type Framing } from "./request-framing.ts";

/** A request whose head Node's server has read, with its answer. */
export class Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** How far its body goes. */
  readonly framing: Framing;
  /** Whether its body is a stream of messages, which may take longer than one that is read as a whole. */
  isUpload = false;
  /** Whether its answer is a stream. */
  isStreamed = false;
  isAnswered = false;
  readonly #over = new OverListeners();

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.req = req;
    this.res = res;
    this.requestId = requestIdOf(req.headers);
    this.framing = bodyFraming(req);
  }

  /** What the request says before its body. */
  get head(): RequestHead {
    const { method = "", url = "", headers } = this.req;
    return { method, url, httpVersionMajor: 1, headers };
  }

  /** Calls a listener once, when the exchange is over or its client counts as gone. */
  onceOver(listener: () => void): void {
    this.#over.add(listener);
  }

  /** Calls all listeners, since the exchange is over. */
  end(): void {
    this.#over.end();
  }
}
