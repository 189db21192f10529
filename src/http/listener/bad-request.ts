import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { errorBody } from "../answer.ts";

/** How long a client may take to read the answer to a bad request, in milliseconds, before the connection is cut. */
const LINGER_MS = 1_000;

/** Connections that are answered. More bytes on them belong to the same bad request. */
const answered = new WeakSet<Duplex>();

/**
 * Answers bytes that are no HTTP/1.1 request with a JSON error, and closes the connection. For `clientError` of an
 * `http.Server`; Node's own answer has no body.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (answered.has(socket)) {
    return;
  }
  if (error.code === "ECONNRESET" || !socket.writable || hasBegunToAnswer(socket)) {
    socket.destroy();
    return;
  }
  answered.add(socket);
  const { status, message } = describe(error);
  const body = errorBody("INVALID_BODY", message);
  // If the connection were cut while the client still sends, the client's kernel would drop the answer.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function describe(error: NodeJS.ErrnoException): { status: number; message: string } {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, message: "The request's headers are larger than the server reads. Send fewer or shorter." };
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { status: 413, message: "The chunk extensions are larger than the server reads. Send none." };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, message: "The request did not arrive in time. Send it again." };
    default:
      return { status: 400, message: "The request is not valid HTTP/1.1." };
  }
}

/** Whether an earlier request's answer is being sent, so that the client would read more bytes as part of it. */
function hasBegunToAnswer(socket: Duplex): boolean {
  // Node has no public way to ask; its own answer to a bad request asks the same.
  const { _httpMessage } = socket as { _httpMessage?: ServerResponse | null };
  return _httpMessage?.headersSent ?? false;
}
