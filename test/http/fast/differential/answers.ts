/** An answer as a client reads it. */
export interface ReceivedAnswer {
  readonly status: number;
  /** By lower-case name, without `date` and `x-request-id`, which differ from answer to answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The header by which a test's server says that the answer to a HEAD request has no body, whatever its length is. */
export const NO_BODY_HEADER = "X-No-Body";

/**
 * Parses all that a client received. Throws when it is not a row of whole answers, each in the form in which the server
 * under test writes them.
 */
export function parseAnswers(received: string): ReceivedAnswer[] {
  const answers: ReceivedAnswer[] = [];
  for (let at = 0; at < received.length; ) {
    const end = received.indexOf("\r\n\r\n", at);
    const [first = "", ...lines] = received.slice(at, end < 0 ? undefined : end).split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) [ -~]+$/.exec(first)?.[1]);
    if (end < 0 || Number.isNaN(status)) {
      throw new Error(`no head of an answer: ${quote(received.slice(at))}`);
    }
    const headers = parseHeaders(lines);
    const start = end + 4;
    const hasNoBody = status < 200 || status === 204 || NO_BODY_HEADER.toLowerCase() in headers;
    const length = hasNoBody ? 0 : bodyLength(headers, received, start);
    if (start + length > received.length) {
      throw new Error(`an answer that is cut off: ${quote(received.slice(at))}`);
    }
    answers.push({ status, headers, body: received.slice(start, start + length) });
    at = start + length;
  }
  return answers;
}

/** Of chunks, Node's own short answers have only the last one. An answer without a length goes on to the end. */
function bodyLength(headers: Readonly<Record<string, string>>, received: string, start: number): number {
  const lastChunk = "0\r\n\r\n";
  if (headers["transfer-encoding"] === "chunked" && received.startsWith(lastChunk, start)) {
    return lastChunk.length;
  }
  return Number(headers["content-length"] ?? received.length - start);
}

function parseHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name = "", value = ""] = /^([!-9;-~]+): ([ -~]*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    if (key === "" || key in headers) {
      throw new Error(`no header of an answer: ${JSON.stringify(line)}`);
    }
    if (key !== "date" && key !== "x-request-id") {
      headers[key] = value;
    }
  }
  return headers;
}

/** Quotes what was received, without what differs from answer to answer. */
function quote(received: string): string {
  return JSON.stringify(received.replaceAll(/(Date|X-Request-Id): [^\r]*/g, "$1: …"));
}
