import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from "node:http2";
import type { Readable, Writable } from "node:stream";
import { stopAll } from "./support.ts";

/** A mebibyte, in bytes. */
export const MIB = 1024 * 1024;

/** How much may be under way between two ends that wait for each other: the buffers of Node and of the kernel. */
export const MAX_UNDER_WAY = 16 * MIB;

/** One request of a client. */
export interface Exchange {
  readonly upload: Writable;
  /** Resolves when the head of the answer is there. Rejects when the connection breaks before that. */
  readonly answer: Promise<Readable>;
  /** The headers that followed the body; known once that was read. */
  trailers(): IncomingHttpHeaders;
  /** Goes away without a word. */
  leave(): void;
}

/** Sends the head of a request. */
export type Ask = (url: string, method: string) => Exchange;

const closers: (() => void)[] = [];

/** For `afterEach`: no test leaves a client or a listener behind. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0)) {
    close();
  }
  await stopAll();
}

const askByHttp1: Ask = (url, method) => {
  const agent = new Agent({ keepAlive: true });
  closers.push(() => agent.destroy());
  const upload = request(url, { method, agent });
  upload.on("error", () => {});
  let response: IncomingMessage | undefined;
  const answer = once(upload, "response").then(([incoming]) => {
    response = incoming as IncomingMessage;
    return response;
  });
  answer.catch(() => {});
  return { upload, answer, trailers: () => response?.trailers ?? {}, leave: () => upload.destroy() };
};

const askByHttp2: Ask = (url, method) => {
  const session: ClientHttp2Session = connect(url);
  session.on("error", () => {});
  closers.push(() => session.destroy());
  const stream = session.request({ ":method": method }, { endStream: false });
  stream.on("error", () => {});
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (headers) => {
    trailers = headers;
  });
  const answer = once(stream, "response").then(() => stream);
  answer.catch(() => {});
  // Node's client would send the regular end of an upload before it resets the stream.
  const leave = () => (method === "GET" ? stream.close(constants.NGHTTP2_CANCEL) : session.destroy());
  return { upload: stream, answer, trailers: () => trailers, leave };
};

/** For `describe.each`: the ways in which a request is served. */
export const transports: { name: string; fastPath: boolean; ask: Ask }[] = [
  { name: "HTTP/1.1 with the fast path", fastPath: true, ask: askByHttp1 },
  { name: "HTTP/1.1 without the fast path", fastPath: false, ask: askByHttp1 },
  { name: "HTTP/2", fastPath: true, ask: askByHttp2 },
];

/** The whole body of an answer. */
export async function allOf(answer: Promise<Readable>): Promise<string> {
  return Buffer.concat(await (await answer).toArray()).toString();
}
