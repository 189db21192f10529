import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** What Node reports when a request takes longer than the server's `requestTimeout`. */
const TIMEOUT_CODE = "ERR_HTTP_REQUEST_TIMEOUT";

/** For each connection, its last request whose body is read as it comes. */
const uploads = new WeakMap<Duplex, IncomingMessage>();

/**
 * Whether Node reports a request that may take as long as it needs. `requestTimeout` limits the whole request, but an
 * upload may go on for as long as its client is not silent.
 */
export function isSlowUpload(error: NodeJS.ErrnoException, socket: Duplex): boolean {
  return error.code === TIMEOUT_CODE && uploads.get(socket)?.complete === false;
}

/**
 * Returns the same chunks of an upload. Its client may be silent for `ms` milliseconds at a time; the reader's time
 * does not count.
 *
 * @param onSilent is called when the client is silent for longer, with the error that Node would report
 */
export async function* limitSilence(
  request: IncomingMessage,
  chunks: AsyncGenerator<Uint8Array>,
  ms: number,
  onSilent: (error: Error) => void,
): AsyncGenerator<Uint8Array> {
  uploads.set(request.socket, request);
  const error = Object.assign(new Error("the upload has stopped"), { code: TIMEOUT_CODE });
  const wait = () => setTimeout(onSilent, ms, error);
  let timer = wait();
  try {
    for await (const chunk of chunks) {
      clearTimeout(timer);
      yield chunk;
      timer = wait();
    }
  } finally {
    clearTimeout(timer);
  }
}
