import { StreakdError } from "../../errors.ts";

/**
 * The encodings in which bodies and messages may be compressed, the preferred one first. Their names are the same in
 * HTTP, Connect and gRPC. `deflate` is zlib's format, as RFC 9110 says.
 */
export const ENCODINGS = ["gzip", "zstd", "br", "deflate"] as const;

/** The name of an encoding. */
export type Encoding = (typeof ENCODINGS)[number];

/**
 * The encodings of streams over REST. A stream holds the memory of its compressor or decompressor for as long as it
 * lasts. With these that is some 50 KiB; with the others it is megabytes, and the client says how many.
 */
export const STREAM_ENCODINGS = ["gzip", "deflate"] as const satisfies readonly Encoding[];

/** Whether a header's value is exactly one encoding that is understood. */
export function isEncoding(name: unknown): name is Encoding {
  return ENCODINGS.some((encoding) => encoding === name);
}

/**
 * Returns the encoding that a `Content-Encoding` header names; undefined when the body is not compressed. Throws
 * INVALID_BODY for an encoding that is not understood, and for more than one.
 *
 * @param understood the encodings that such a body may have
 */
export function contentEncoding<E extends Encoding>(
  header: string | undefined,
  understood: readonly E[],
): E | undefined {
  if (header === undefined) {
    return undefined;
  }
  const name = header.trim().toLowerCase();
  if (name === "" || name === "identity") {
    return undefined;
  }
  const encoding = understood.find((one) => one === (name === "x-gzip" ? "gzip" : name));
  if (encoding === undefined) {
    throw new StreakdError(
      "INVALID_BODY",
      `The body's Content-Encoding is not understood: compress it with one of ${understood.join(", ")}, or not at all.`,
    );
  }
  return encoding;
}

/**
 * Returns the encoding for an answer, by what the client accepts: the one with the highest weight, and among those with
 * the same weight the one that we prefer. The order in the header means nothing: gRPC's clients begin with `identity`.
 *
 * @param accepted the value of `Accept-Encoding` (RFC 9110, 12.5.3) or of a protocol's own header, which has no weights
 * @param offered the encodings that such an answer may have, the preferred one first
 * @returns undefined when the answer must not be compressed
 */
export function chooseEncoding<E extends Encoding>(accepted: string | undefined, offered: readonly E[]): E | undefined {
  if (accepted === undefined) {
    return undefined;
  }
  const weights = new Map(accepted.split(",").map(readWeight));
  let best: E | undefined;
  let bestWeight = 0;
  for (const encoding of offered) {
    const weight = weights.get(encoding) ?? weights.get("*") ?? 0;
    if (weight > bestWeight && weight >= (weights.get("identity") ?? 0)) {
      best = encoding;
      bestWeight = weight;
    }
  }
  return best;
}

/** Reads one entry of `Accept-Encoding`, such as `br;q=0.8`. A weight that can't be read counts as 0. */
function readWeight(entry: string): [name: string, weight: number] {
  const [name = "", ...params] = entry.split(";").map((part) => part.trim().toLowerCase());
  const weight = params.find((param) => param.startsWith("q="))?.slice(2) ?? "1";
  return [name, /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight) ? Number(weight) : 0];
}
