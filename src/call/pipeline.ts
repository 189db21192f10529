import { create, type Message } from "@bufbuild/protobuf";
import { Deadline, MAX_CALL_MS } from "../deadline.ts";
import { ClientGone, StreakdError } from "../errors.ts";
import type { Authenticate } from "./authenticator.ts";
import { Call } from "./call.ts";
import type { MethodContract } from "./contract.ts";
import type { Incoming } from "./incoming.ts";
import { hasStreamOfResponses, isStream, type Messages, type Method } from "./method.ts";
import { Observation, type Observer } from "./observer.ts";
import { requireAccess } from "./principal.ts";

/** How long the caller of a unary method is taken to wait that does not say, in milliseconds; REST callers never say. */
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Runs a call, whichever transport it came by, and resolves to the response, or to the stream of responses.
 *
 * Rejects only with a `StreakdError`, which the transport puts into its protocol's words, or with a `TransportError`, which
 * is the transport's own. The same holds for what a stream of responses throws.
 *
 * @param readBody reads the request, or begins to. It is called only once the principal may call the method.
 */
export type RunCall = (
  method: Method,
  incoming: Incoming,
  readBody: () => Messages | Promise<Messages>,
) => Promise<Messages>;

/**
 * Creates the pipeline: the steps that all calls have in common, in this order.
 *
 *     principal -> body -> checks -> deadline -> handler -> observer
 */
export function createPipeline(authenticate: Authenticate, observer: Observer): RunCall {
  return async (method, incoming, readBody) => {
    const observation = new Observation(observer, method, incoming);
    const { contract } = method;
    try {
      const principal = await authenticate(incoming.request.headers);
      requireAccess(principal, contract.access);

      const body = await readBody();
      const checked = isStream(body) ? checkEach(body, contract) : check(body, contract);

      const call = new Call(principal, deadlineOf(contract, incoming), incoming);
      const request = isStream(checked) ? call.untilStopped(checked) : checked;

      if (hasStreamOfResponses(contract.method)) {
        const stream = call.runStream(() => method.handle(request, call) as AsyncIterable<Message>);
        const responses = completeEach(stream, contract, observation);
        // A transport whose client has gone reads no more, and may not have begun to.
        incoming.request.onceOver(() => {
          observation.fail(new ClientGone());
          void responses.return(undefined);
        });
        return responses;
      }
      const response = await call.run(() => method.handle(request, call) as Promise<Message>);
      // A message is taken as it is; what else a handler returns is completed.
      const message = create(contract.method.output, response);
      observation.succeed();
      return message;
    } catch (thrown) {
      throw observation.fail(thrown);
    }
  };
}

/**
 * The deadline of a call. A caller that is late by a deadline of ours, and not by its own, is told what that means: the
 * server can't keep up.
 */
function deadlineOf(contract: MethodContract, { timeoutMs, request }: Incoming): Deadline {
  if (timeoutMs === undefined) {
    return new Deadline(contract.hasDefaultDeadline ? DEFAULT_TIMEOUT_MS : Number.POSITIVE_INFINITY, "OVERLOADED");
  }
  return contract.method.methodKind === "unary" && timeoutMs > MAX_CALL_MS
    ? new Deadline(MAX_CALL_MS, "OVERLOADED")
    : new Deadline(timeoutMs - (performance.now() - request.receivedAt), "DEADLINE_EXCEEDED");
}

function check(message: Message, contract: MethodContract): Message {
  contract.check(message);
  return message;
}

/** Checks each message. A refusal says which one it is about. */
async function* checkEach(messages: AsyncIterable<Message>, contract: MethodContract): AsyncGenerator<Message> {
  let number = 0;
  for await (const message of messages) {
    number += 1;
    try {
      contract.check(message);
    } catch (error) {
      throw error instanceof StreakdError ? error.within(`Message ${number}`) : error;
    }
    yield message;
  }
}

/** Completes each response, and has the end of the stream observed, whatever it is. */
async function* completeEach(
  responses: AsyncIterable<Message>,
  { method }: MethodContract,
  observation: Observation,
): AsyncGenerator<Message> {
  try {
    for await (const response of responses) {
      yield create(method.output, response);
    }
    observation.succeed();
  } catch (thrown) {
    throw observation.fail(thrown);
  } finally {
    // Only the first end counts: this one where the transport has stopped reading.
    observation.fail(new ClientGone());
  }
}
