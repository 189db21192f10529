import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { connect as connectTcp, type Socket } from "node:net";
import { Budget } from "#src/http/budget.ts";
import { createFastPath } from "#src/http/fast/create-fast-path.ts";
import type { CreateFastPath } from "#src/http/fast-path.ts";
import type { LimitName, Limits } from "#src/http/limits.ts";
import { createListener, type Listener } from "#src/http/listener/listener.ts";
import type { Answer, BodyLimit, Serve } from "#src/http/message.ts";
import { TurnBudget } from "#src/http/turn-budget.ts";
import { DEFAULT_LIMITS } from "../support/limits.ts";
import { defaultInit } from "../support/listener.ts";

/** For tests with a listener of their own. Only this file and the tests of the fast path import its folder. */
export { createFastPath };

/** A whole request of HTTP/1.1, of the form that the fast path serves. */
export const GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

/** The same with a body. */
export const POST = "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";

/** The default bounds, with times so long that no test sees one of them by accident. */
const LONG_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  headersMs: 60_000,
  requestMs: 60_000,
  silenceMs: 60_000,
  stallMs: 60_000,
};

/** For `describe.each`: the two ways in which HTTP/1.1 is served. */
export const http1Paths = [
  { path: "with the fast path", fastPath: true },
  { path: "without the fast path", fastPath: false },
];

/** A listener on a free port, and what it reported as its own errors. */
export interface Running {
  readonly listener: Listener;
  readonly port: number;
  readonly url: string;
  readonly errors: unknown[];
  /** The bounds that clients went over. */
  readonly refusals: LimitName[];
  /** The connections that the fast path left to Node's server. */
  readonly leftToNode: readonly Socket[];
}

/**
 * How a listener is started: whether with the fast path, which is the default, in which turns, with how many bytes of a
 * body being read, and with which bounds.
 */
export interface StartOptions extends Partial<Limits> {
  readonly fastPath?: boolean;
  readonly turns?: TurnBudget;
  readonly bodyLimit?: BodyLimit;
}

const running: Listener[] = [];

export async function start(serve: Serve, options: StartOptions = {}): Promise<Running> {
  const { fastPath = true, turns = new TurnBudget(), bodyLimit = defaultInit().bodyLimit, ...limits } = options;
  const errors: unknown[] = [];
  const refusals: LimitName[] = [];
  const leftToNode: Socket[] = [];
  const all = { ...LONG_LIMITS, ...limits };
  const createCountingFastPath: CreateFastPath = (init) =>
    createFastPath({
      ...init,
      takeOver(socket, ...rest) {
        leftToNode.push(socket);
        init.takeOver(socket, ...rest);
      },
    });
  const listener = createListener({
    ...defaultInit(),
    serve,
    bodyLimit,
    turns,
    createFastPath: fastPath ? createCountingFastPath : undefined,
    onError: (error) => errors.push(error),
    limits: all,
    bodyBudget: new Budget(all.maxUnfinishedBodyBytes),
    onRefusal: (limit) => refusals.push(limit),
  });
  running.push(listener);
  const { port } = await listener.listen({ port: 0, host: "127.0.0.1" });
  return { listener, port, url: `http://127.0.0.1:${port}`, errors, refusals, leftToNode };
}

/** An answer of plain text. */
export function text(body: NonNullable<Answer["body"]>): Answer {
  return { status: 200, headers: { "Content-Type": "text/plain" }, body };
}

/** A body that is streamed. */
export async function* streamOf(...parts: readonly (string | Uint8Array)[]) {
  yield* parts;
}

/** The first chunk of a body. The rest is not read. */
export async function firstOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const chunk of chunks) {
    return Buffer.from(chunk);
  }
  return Buffer.alloc(0);
}

/** For `afterEach`: no test leaves a listener behind. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((listener) => listener.close(0)));
}

/** Answers with the method, the path and the body that it got, once it has all of it. */
export const echo: Serve = async ({ method, url, body }) =>
  text(`${method} ${url} ${Buffer.from(await body.whole(Number.POSITIVE_INFINITY))}`);

/** A bare TCP client that collects what it is sent. */
export class Wire {
  readonly socket: Socket;
  received = "";
  readonly closed: Promise<unknown>;

  constructor(port: number) {
    this.socket = connectTcp({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("data", (data) => {
      this.received += data.toString("latin1");
    });
    this.socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.socket.once("close", resolve));
  }

  /** Sends, and resolves when the kernel has it. */
  send(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** Resolves when what was received matches. */
  async sees(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.received)) {
      if (this.socket.destroyed) {
        throw new Error(`closed after: ${this.received}`);
      }
      await Promise.race([once(this.socket, "data"), this.closed]);
    }
  }
}

export async function http2Client(url: string): Promise<ClientHttp2Session> {
  const session = connectHttp2(url);
  session.on("error", () => {});
  await once(session, "connect");
  return session;
}

/** Sends an HTTP/2 request whose body stops coming, and answers with what code its stream is reset. */
export async function resetOfHalfABody(url: string): Promise<number | undefined> {
  const session = await http2Client(url);
  const stream = session.request({ ":method": "POST" });
  stream.on("error", () => {});
  stream.write("abc");
  await once(stream, "close");
  session.close();
  return stream.rstCode;
}

/** The whole body of an HTTP/2 answer. */
export async function bodyOf(stream: ClientHttp2Stream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
