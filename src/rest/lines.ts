import { tooLarge } from "../http/body.ts";

const NEWLINE = 0x0a;

/** The length, in characters, from which a chunk of lines takes no further line. */
const CHUNK_LENGTH = 16 * 1024;

/**
 * Cuts a body into its lines, without their ends, which are LF or CRLF. The last line may have no end. Memory is
 * bounded by the longest line.
 *
 * @param limit the most bytes of a line; a longer one throws BODY_TOO_LARGE
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield lineOf([...begun, chunk.subarray(start, end)], limit);
      begun = [];
      begunBytes = 0;
      start = end + 1;
    }
    begun.push(chunk.subarray(start));
    begunBytes += chunk.length - start;
    if (begunBytes > limit + 1) {
      throw tooLarge(limit);
    }
  }
  if (begunBytes > 0) {
    yield lineOf(begun, limit);
  }
}

/**
 * Joins lines that arrive together into chunks, so that many short messages take few packets. A single line is sent at
 * once.
 */
export async function* joinLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  const iterator = lines[Symbol.asyncIterator]();
  try {
    let next = pull(iterator);
    for (let line = await next; !line.done; line = await next) {
      const turnIsOver = new Promise<boolean>((resolve) => setImmediate(resolve, false));
      let text = `${line.value}\n`;
      next = pull(iterator);
      while (text.length < CHUNK_LENGTH && (await Promise.race([isThere(next), turnIsOver]))) {
        line = await next;
        if (line.done) {
          break;
        }
        text += `${line.value}\n`;
        next = pull(iterator);
      }
      yield text;
    }
  } finally {
    await iterator.return?.();
  }
}

/** Asks for the next line. The promise may reject before the reader awaits it, so its rejection counts as handled. */
function pull(lines: AsyncIterator<string>): Promise<IteratorResult<string>> {
  const next = lines.next();
  next.catch(() => {});
  return next;
}

async function isThere(next: Promise<unknown>): Promise<boolean> {
  await next;
  return true;
}

function lineOf(parts: readonly Uint8Array[], limit: number): Uint8Array {
  const line = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  const isEndedByReturn = line.at(-1) === 0x0d;
  const text = isEndedByReturn ? line.subarray(0, -1) : line;
  if (text.length > limit) {
    throw tooLarge(limit);
  }
  return text;
}
