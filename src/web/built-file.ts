import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { chooseEncoding } from "../http/compression/encoding.ts";
import type { Answer, RequestHead } from "../http/message.ts";

/** The encodings that the build makes, the smallest first, and what it appends to a file's name. */
const SUFFIXES = { br: ".br", gzip: ".gz" } as const;
const ENCODINGS = ["br", "gzip"] as const;

/** For names with a hash: what is there never changes. */
export const FOREVER = "public, max-age=31536000, immutable";

/** A file that the build has made, in memory. */
export interface BuiltFile {
  readonly bytes: Buffer;
  readonly compressed: Readonly<Record<keyof typeof SUFFIXES, Buffer>>;
}

/** The headers of a representation, without its entity tag and encoding. */
export type FileHeaders = Readonly<Record<string, string>> & {
  readonly "Content-Type": string;
  readonly "Cache-Control": string;
};

/** Whether a file is another one, compressed by the build. */
export function isCompressed(name: string): boolean {
  return Object.values(SUFFIXES).some((suffix) => name.endsWith(suffix));
}

/**
 * Reads a file with what the build has compressed.
 *
 * @throws when one of them can't be read
 */
export function readBuiltFile(url: URL): BuiltFile {
  return {
    bytes: readFileSync(url),
    compressed: {
      br: readFileSync(new URL(url.href + SUFFIXES.br)),
      gzip: readFileSync(new URL(url.href + SUFFIXES.gzip)),
    },
  };
}

/** Creates what answers GET and HEAD for a file, in the encoding that the client likes best. */
export function servesFile({ bytes, compressed }: BuiltFile, headers: FileHeaders) {
  const plain = { bytes, headers: { ...headers, Vary: "Accept-Encoding", ETag: etagOf(bytes) } };
  const representations = ENCODINGS.map((encoding) => {
    const body = compressed[encoding];
    return [encoding, { bytes: body, headers: { ...plain.headers, ETag: etagOf(body), "Content-Encoding": encoding } }];
  });
  const byEncoding: Readonly<Record<string, Representation>> = Object.fromEntries(representations);
  return async (request: RequestHead): Promise<Answer> => {
    const accepted = request.headers["accept-encoding"];
    const encoding = chooseEncoding(typeof accepted === "string" ? accepted : undefined, ENCODINGS);
    return answerFile(request, (encoding && byEncoding[encoding]) ?? plain);
  };
}

/** What is sent of a file: its bytes, compressed or not. */
interface Representation {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>> & { readonly ETag: string };
}

/** Answers with a representation, or with 304 when the client has it. */
export function answerFile({ headers: asked }: RequestHead, { bytes, headers }: Representation): Answer {
  if (!isKnown(asked["if-none-match"], headers.ETag)) {
    return { status: 200, headers, body: bytes };
  }
  const { "Content-Type": _type, "Content-Encoding": _encoding, ...others } = headers;
  return { status: 304, headers: others };
}

/** Whether an `If-None-Match` names an entity tag. The comparison is weak (RFC 9110, 13.1.2): proxies weaken tags. */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const known = ifNoneMatch?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return known?.some((tag) => tag === etag || tag === "*") ?? false;
}

/** A strong entity tag, of exactly these bytes. */
export function etagOf(bytes: Buffer): string {
  return `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
}
