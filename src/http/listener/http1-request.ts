import type { IncomingMessage } from "node:http";
import { peerOf } from "../../address.ts";
import type { ConnectionInit } from "../connection-server.ts";
import type { Request, RequestBody } from "../message.ts";
import type { Exchange } from "./exchange.ts";
import type { Feed } from "./feed.ts";
import { readBody, readChunks } from "./read-body.ts";

/** A request that Node's server has read. */
export class Http1Request implements Request {
  readonly method: string;
  readonly url: string;
  readonly httpVersionMajor = 1;
  readonly receivedAt = performance.now();
  readonly headers: IncomingMessage["headers"];
  readonly requestId: string;
  isCall = false;
  forwardedFor: string | undefined;
  readonly body: RequestBody;
  readonly #feed: Feed;
  readonly #exchange: Exchange;

  /** @param expectsContinue whether the client sends the body only after a 100 */
  constructor(feed: Feed, exchange: Exchange, { bodyBudget, onRefusal }: ConnectionInit, expectsContinue: boolean) {
    const { req, res } = exchange;
    this.method = req.method ?? "";
    this.url = req.url ?? "";
    this.headers = req.headers;
    this.requestId = exchange.requestId;
    this.#feed = feed;
    this.#exchange = exchange;
    const begin = () => {
      if (expectsContinue && !res.headersSent && !res.destroyed) {
        res.writeContinue();
      }
    };
    this.body = {
      whole(limit, framing = 0) {
        if (exchange.framing.stated <= limit + framing) {
          begin();
        }
        return readBody(exchange, {
          limit,
          framing,
          bodyBudget,
          onRefusal: () => onRefusal("maxUnfinishedBodyBytes"),
        });
      },
      chunks() {
        begin();
        exchange.isUpload = true;
        return readChunks(req);
      },
    };
  }

  get peer(): string | undefined {
    return this.forwardedFor ?? peerOf(this.#feed.socket);
  }

  get isGone(): boolean {
    return this.#exchange.res.destroyed || this.#feed.isGone;
  }

  onceOver(listener: () => void): void {
    this.#exchange.onceOver(listener);
  }
}
