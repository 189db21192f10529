import { isDeepStrictEqual } from "node:util";
import type { Outcome } from "./client.ts";
import type { ByteStream } from "./stream.ts";

/** A way in which the fast path may differ from Node's server. */
export interface AcceptedDifference {
  /** What each of the two does. */
  readonly reason: string;
  /** Whether this is the difference between two outcomes of a stream, and the only one. */
  explains(fast: Outcome, node: Outcome, stream: ByteStream): boolean;
}

/** All differences that are accepted. */
export const ACCEPTED_DIFFERENCES: readonly AcceptedDifference[] = [
  {
    reason:
      "Node reads on while an answer is pending. When it then finds a bad request, or CONNECT, it closes the connection " +
      "at once and the pending answers are lost. How much it reads at once depends on what was answered before.",
    explains(fast, node) {
      const [less, more] = withoutError(fast).length < withoutError(node).length ? [fast, node] : [node, fast];
      const [answers, allAnswers] = [withoutError(less), withoutError(more)];
      const isLost = answers.length < allAnswers.length && (less.isCutOff || answers.length < less.answers.length);
      return isLost && isPrefix(answers, allAnswers) && isSameRequests(fast, node);
    },
  },
  {
    reason:
      "Node refuses the beginning of a bad request at once. The fast path waits for the rest, and then leaves it to Node.",
    explains(fast, node) {
      const isRefused = (fast.answers.at(-1)?.status ?? 0) >= 400;
      return isRefused && isSame({ ...fast, isClosedByServer: true }, node);
    },
  },
  {
    reason: "Node answers 400 to a request that a half-closed connection can't complete. The fast path just closes.",
    explains(fast, node, { isHalfClosed }) {
      const isOneMore = node.answers.length === fast.answers.length + 1 && node.answers.at(-1)?.status === 400;
      return isHalfClosed && isOneMore && isSameRequests(fast, node) && isPrefix(fast.answers, node.answers);
    },
  },
];

function isSame(fast: Outcome, node: Outcome): boolean {
  return (
    isSameRequests(fast, node) &&
    isDeepStrictEqual(fast.answers, node.answers) &&
    fast.isClosedByServer === node.isClosedByServer
  );
}

function isSameRequests(fast: Outcome, node: Outcome): boolean {
  return isDeepStrictEqual(fast.requests, node.requests) && isDeepStrictEqual(fast.errors, node.errors);
}

/** The answers without the last one when that is an error, which ends the connection. */
function withoutError({ answers }: Outcome): Outcome["answers"] {
  return (answers.at(-1)?.status ?? 0) >= 400 ? answers.slice(0, -1) : answers;
}

function isPrefix(list: readonly unknown[], of: readonly unknown[]): boolean {
  return isDeepStrictEqual(list, of.slice(0, list.length));
}

/**
 * Compares what came of a stream with the fast path and without.
 *
 * @returns undefined when it is the same, the accepted difference that explains it, or "unknown"
 */
export function compare(fast: Outcome, node: Outcome, stream: ByteStream): AcceptedDifference | "unknown" | undefined {
  if (isSame(fast, node)) {
    return undefined;
  }
  return ACCEPTED_DIFFERENCES.find((one) => one.explains(fast, node, stream)) ?? "unknown";
}
