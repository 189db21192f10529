import { createRandom, type Random } from "../../../support/random.ts";
import { type Draft, header, mutate } from "./mutations.ts";

/** What a client sends on one connection. */
export interface ByteStream {
  /** The bytes, as they are written one after the other. The server reads each write by itself. */
  readonly writes: readonly Buffer[];
  /** Whether the client waits for the answers to what it has sent before it sends more. */
  readonly isInLockstep: boolean;
  /** Whether the client ends its side with the last write, as if it had nothing more to say. */
  readonly isHalfClosed: boolean;
}

/** The seed that DIFFERENTIAL_SEED names, or else another one each time. */
export function differentialSeed(): number {
  return Number(process.env.DIFFERENTIAL_SEED || Math.floor(Math.random() * 2 ** 32));
}

/** Bytes that decide where a line, a name, a value or a number ends. */
const SPECIAL_BYTES = [..."\r\n\0 \t:,;/0139aA-", "\r\n", "\r\n\r\n", "\x7f", "\x80", "\xff"];

/**
 * Returns the stream of a seed and a number: one to a dozen requests, most of them valid, some changed in one or more ways,
 * some streams changed in single bytes or cut off, written in one or several parts. The same for the same seed and number.
 */
export function generateStream(seed: number, number: number): ByteStream {
  const random = createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const count = 1 + random.below(random.pick([1, 2, 5, 12]));
  const requests = Array.from({ length: count }, () => write(draftRequest(random)));
  const isInLockstep = random.chance(0.3);
  // In lockstep a client sends a request, or several of them, and then waits for the answers.
  const texts = (isInLockstep ? groups(requests, random) : [requests.join("")]).map((text) =>
    changeBytes(text, random),
  );
  const writes = texts.flatMap((text) => split(Buffer.from(text, "latin1"), random));
  return { writes, isInLockstep, isHalfClosed: random.chance(0.3) };
}

/** Joins some neighbours. */
function groups(requests: readonly string[], random: Random): string[] {
  const texts: string[] = [];
  for (const request of requests) {
    if (texts.length > 0 && random.chance(0.3)) {
      texts[texts.length - 1] += request;
    } else {
      texts.push(request);
    }
  }
  return texts;
}

function draftRequest(random: Random): Draft {
  const draft = validRequest(random);
  if (random.chance(0.5)) {
    for (let count = random.pick([1, 1, 1, 2, 3]); count > 0; count--) {
      mutate(draft, random);
    }
  }
  return draft;
}

/** A request as ordinary clients send it, which the fast path takes. */
function validRequest(random: Random): Draft {
  const method = random.pick(["GET", "GET", "POST", "POST", "POST", "OPTIONS"]);
  const body = method === "POST" ? random.pick(["", "abc", '{"a":1}', "x".repeat(100), "\r\n\r\n", "\0\xff\r\n"]) : "";
  const headers = [header("Host", random.pick(["x", "x:80", "example.org"]))];
  if (random.chance(0.3)) {
    headers.push(
      header(random.pick(["User-Agent", "Origin", "X-Y", "accept"]), random.pick(["a", "a b", "https://x", ""])),
    );
  }
  if (random.chance(0.1)) {
    headers.push(header("Connection", "keep-alive"));
  }
  if (method === "POST") {
    headers.splice(random.below(headers.length + 1), 0, header("Content-Length", `${body.length}`));
  }
  const target = random.pick(["/", "/a", "/a?b=c", "/v1/state?a=%20&b=", `/${"p".repeat(random.below(50))}`]);
  return { method, target, version: "HTTP/1.1", space: " ", before: "", headers, endOfHead: "\r\n", body };
}

function write({ before, method, target, version, space, headers, endOfHead, body }: Draft): string {
  const lines = headers.map(({ name, colon, value, end }) => name + colon + value + end).join("");
  return `${before}${method}${space}${target}${space}${version}\r\n${lines}${endOfHead}${body}`;
}

/** Changes single bytes of some texts, and cuts some off. Leaves most as they are. */
function changeBytes(text: string, random: Random): string {
  let changed = text;
  for (let count = random.chance(0.15) ? 1 + random.below(3) : 0; count > 0; count--) {
    const at = random.below(changed.length + 1);
    const bytes = random.chance(0.8) ? random.pick(SPECIAL_BYTES) : String.fromCharCode(random.below(256));
    const removed = random.pick([0, 0, 1, 1, 2]);
    changed = changed.slice(0, at) + (random.chance(0.75) ? bytes : "") + changed.slice(at + removed);
  }
  return random.chance(0.1) ? changed.slice(0, random.below(changed.length + 1)) : changed;
}

/** Splits anywhere, or near the end of a line, where readers of lines and heads are in the middle of something. */
function split(bytes: Buffer, random: Random): Buffer[] {
  const count = random.pick([0, 0, 0, 1, 1, 2, 4]);
  const cuts = Array.from({ length: count }, () => {
    const at = random.below(bytes.length + 1);
    const end = bytes.indexOf(random.pick(["\r\n", "\r\n\r\n"]), at);
    return random.chance(0.5) || end < 0 ? at : Math.min(end + random.below(5), bytes.length);
  }).sort((a, b) => a - b);
  return [...cuts, bytes.length]
    .map((end, i) => bytes.subarray(cuts[i - 1] ?? 0, end))
    .filter((part) => part.length > 0);
}
