import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { connect as connectTcp, type Socket } from "node:net";
import type { ListenerTimeouts } from "#src/http/listener/limits.ts";
import { createListener, type Listener, type RequestHandlers } from "#src/http/listener/listener.ts";
import type { Answer, Closing, HttpRequest, HttpResponse, PlainAnswerer, RequestHead } from "#src/http/message.ts";

/** What answers a request, whenever it likes. */
export type Handle = (req: HttpRequest, res: HttpResponse) => void;

/** Long enough that no test sees one of them by accident. */
export const patient: ListenerTimeouts = {
  preface: 60_000,
  headers: 60_000,
  request: 60_000,
  check: 60_000,
  keepAlive: 60_000,
  session: 60_000,
};

/** A listener on a free port, and what it reported as its own errors. */
export interface Running {
  readonly listener: Listener;
  readonly port: number;
  readonly url: string;
  readonly errors: unknown[];
}

const running: Listener[] = [];

export async function start(
  handler: Handle | RequestHandlers,
  timeouts: Partial<ListenerTimeouts> = {},
): Promise<Running> {
  const errors: unknown[] = [];
  const handlers = typeof handler === "function" ? handleAll(handler) : handler;
  const listener = createListener(handlers, (error) => errors.push(error), { ...patient, ...timeouts });
  running.push(listener);
  const { port } = await listener.listen(0, "127.0.0.1");
  return { listener, port, url: `http://127.0.0.1:${port}`, errors };
}

/** A handler that is asked all that is asked: nothing is plain. */
export function handleAll(handle: Handle): RequestHandlers {
  return { handle, answer: () => undefined };
}

/** Answers a plain request by all that it is. */
export type WholeAnswerer = (
  request: RequestHead & { readonly body: Uint8Array },
  closing: Closing,
) => Promise<Answer> | undefined;

/** An answerer that takes every plain request, until it sees its body. */
export function wholly(answer: WholeAnswerer): PlainAnswerer {
  return (head, closing) => (body) => answer({ ...head, body }, closing);
}

/** For `afterEach`: no test leaves a listener behind. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((listener) => listener.close(0)));
}

/** Answers with the method, the path and the body that it got, once it has all of it. */
export const echo: Handle = (req, res) => {
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => res.end(`${req.method} ${req.url} ${Buffer.concat(chunks)}`));
};

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
