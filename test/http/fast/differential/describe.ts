import type { Outcome } from "./client.ts";
import type { Difference, Report } from "./run.ts";

/** Says how to see a difference again, and what it is, in a few lines. */
export function describeDifference(seed: number, { number, stream, fast, node }: Difference): string {
  const { writes, isInLockstep, isHalfClosed } = stream;
  return [
    `stream ${number} of seed ${seed}${isInLockstep ? ", in lockstep" : ""}${isHalfClosed ? ", half-closed" : ""}`,
    ...writes.map((bytes) => `  sent  ${JSON.stringify(bytes.toString("latin1"))}`),
    ...describeOutcome("fast", fast),
    ...describeOutcome("Node", node),
  ].join("\n");
}

/** Says in a line what a report counts. */
export function describeReport({ requests, fastRequests }: Report): string {
  return `${requests} requests, ${fastRequests} of them on the fast path`;
}

function describeOutcome(name: string, { requests, answers, isClosedByServer, isCutOff, errors }: Outcome): string[] {
  return [
    ...requests.map((request) => `  ${name}  took ${JSON.stringify(request)}`),
    ...answers.map(({ status, body }) => `  ${name}  answered ${status} ${JSON.stringify(body)}`),
    ...errors.map((error) => `  ${name}  ${error}`),
    ...(isClosedByServer ? [`  ${name}  closed`] : []),
    ...(isCutOff ? [`  ${name}  cut off`] : []),
  ];
}
