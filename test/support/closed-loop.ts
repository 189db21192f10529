import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";

/** What a client has seen. */
export interface Tally {
  answered: number;
  /** Resets, answers cut off, and answers that are not 2xx. */
  readonly failures: string[];
}

/** When a client ends. */
export interface Until {
  /** Asked before each request. */
  readonly isOver: () => boolean;
  /** Whether a client that is told that its connection ends opens another one, instead of ending. */
  readonly goesOn: boolean;
}

/** A request: the method, the path, and the body of one that has any. */
export interface LoopRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/**
 * Sends one request after the other over HTTP/1.1, and keeps the connection as long as the server does: it opens
 * another one only after `Connection: close`.
 */
export async function loopHttp1(port: number, request: LoopRequest, { isOver, goesOn }: Until): Promise<Tally> {
  const { method, path, body = "" } = request;
  const bytes =
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n` +
    `${body === "" ? "" : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`}\r\n${body}`;
  const tally: Tally = { answered: 0, failures: [] };
  let socket: Socket | undefined;
  while (!isOver()) {
    try {
      socket ??= await open(port);
      socket.write(bytes);
      const { status, isLast } = await readAnswer(socket);
      count(tally, status);
      if (isLast) {
        socket.end();
        socket = undefined;
        if (!goesOn) {
          return tally;
        }
      }
    } catch (error) {
      tally.failures.push(String(error));
      socket?.destroy();
      socket = undefined;
      if (!goesOn) {
        return tally;
      }
    }
  }
  socket?.destroy();
  return tally;
}

/** The same over HTTP/2: it opens another connection only after GOAWAY. */
export async function loopHttp2(port: number, request: LoopRequest, { isOver, goesOn }: Until): Promise<Tally> {
  const { method, path, body } = request;
  const headers = {
    ":method": method,
    ":path": path,
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  const tally: Tally = { answered: 0, failures: [] };
  let session: ClientHttp2Session | undefined;
  while (!isOver()) {
    if (session !== undefined && (session.closed || session.destroyed)) {
      if (!goesOn) {
        return tally;
      }
      session = undefined;
    }
    try {
      if (session === undefined) {
        session = connectHttp2(`http://127.0.0.1:${port}`);
        session.on("error", (error) => tally.failures.push(`session: ${error}`));
      }
      const stream = session.request(headers);
      stream.end(body);
      const [answer] = await once(stream, "response");
      stream.resume();
      await once(stream, "close");
      count(tally, answer[":status"]);
    } catch (error) {
      if (session?.closed && isRefused(error)) {
        // Node's client was told of the end before it had sent the request: nobody has seen that.
        continue;
      }
      tally.failures.push(String(error));
      session?.destroy();
      session = undefined;
      if (!goesOn) {
        return tally;
      }
    }
  }
  session?.destroy();
  return tally;
}

function isRefused(error: unknown): boolean {
  return String(error).includes("NGHTTP2_REFUSED_STREAM");
}

function count(tally: Tally, status: number): void {
  if (status >= 200 && status < 300) {
    tally.answered += 1;
  } else {
    tally.failures.push(`status ${status}`);
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  // What comes between two requests, or after the last, belongs to nobody.
  socket.on("error", () => {});
  return socket;
}

/** Reads one answer, which has a length. */
function readAnswer(socket: Socket): Promise<{ status: number; isLast: boolean }> {
  return new Promise((resolve, reject) => {
    let received = "";
    const onData = (bytes: Buffer) => {
      received += bytes.toString("latin1");
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) {
        return;
      }
      const head = received.slice(0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length >= end + 4 + length) {
        stop();
        resolve({ status: Number(head.slice(9, 12)), isLast: /connection: close/i.test(head) });
      }
    };
    const onEnd = () => {
      stop();
      reject(new Error(`the connection ended after ${JSON.stringify(received)}`));
    };
    const onError = (error: Error) => {
      stop();
      reject(error);
    };
    function stop() {
      socket.off("data", onData).off("end", onEnd).off("error", onError);
    }
    socket.on("data", onData).on("end", onEnd).on("error", onError);
  });
}
