import { create, type Message } from "@bufbuild/protobuf";
import { Deadline, MAX_CALL_MS } from "../deadline.ts";
import { ClientGone, StreakdError } from "../errors.ts";
import type { Authenticate } from "./authenticator.ts";
import { Call } from "./call.ts";
import type { MethodContract } from "./contract.ts";
import type { Incoming, ResponseMetadata } from "./incoming.ts";
import { hasStreamOfResponses, isStream, type Messages, type Method } from "./method.ts";
import { type CallObserver, Observation } from "./observer.ts";
import { type Principal, requireAccess, requireProjectOf } from "./principal.ts";
import type { RateLimitStep } from "./rate-limit.ts";

/** The deadline of a unary call whose caller gives none, in milliseconds. REST callers never give one. */
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Runs a call of any transport, and resolves to the response, or to the stream of responses.
 *
 * Rejects only with a `StreakdError`, which the transport writes in its protocol, or with a `TransportError`, which
 * comes from the transport. A stream of responses throws only these two as well.
 *
 * @param readBody reads the request, or begins to. It is called after the principal's access is checked.
 */
export type RunCall = (
  method: Method,
  incoming: Incoming,
  readBody: () => Messages | Promise<Messages>,
) => Promise<Messages>;

/**
 * Creates the pipeline: the steps that all calls have in common, in this order.
 *
 *     principal -> body -> checks -> deadline -> rate limit -> handler -> observer
 *
 * @param limits undefined means that no call is limited
 */
export function createPipeline(authenticate: Authenticate, observer: CallObserver, limits?: RateLimitStep): RunCall {
  return async (method, incoming, readBody) => {
    const observation = new Observation(observer, method, incoming);
    const { contract } = method;
    try {
      const principal = await authenticate(incoming.request, contract);
      observation.principal = principal;
      if (principal.tokenProblem !== undefined) {
        limits?.countWrongToken(principal, contract);
      }
      requireAccess(principal, contract.access);

      const body = await readBody();
      const limiting = method.isProbe ? undefined : limits;
      const checked = isStream(body)
        ? checkEach(body, contract, principal, limiting, incoming.response)
        : check(body, contract, principal);
      const message = isStream(checked) ? undefined : checked;

      const call = new Call(principal, deadlineOf(contract, incoming), incoming);
      observation.call = call;
      const { span } = observation;
      const admit = () => limiting?.admitCall(principal, contract, message, incoming.response, call);
      // It may read the project, which then is part of the trace.
      const admission = span === undefined ? admit() : span.run(admit);
      if (admission !== undefined) {
        await call.run(() => admission);
      }
      const request = isStream(checked) ? call.untilStopped(checked) : checked;

      const work = () => method.handle(request, call);
      const handle = span === undefined ? work : () => span.run(work);
      if (hasStreamOfResponses(contract.method)) {
        // `span.run` covers only the making of the stream: its work is done while it is read. So what it asks of the stores
        // would have no spans. Today only probes answer with streams, and they have no traces.
        const stream = call.runStream(handle as () => AsyncIterable<Message>);
        const responses = completeEach(stream, contract, observation);
        // A client that leaves makes the transport stop reading, or never start. Then the responses are ended here.
        incoming.request.onceOver(() => {
          observation.fail(new ClientGone());
          void responses.return(undefined);
        });
        return responses;
      }
      const response = await call.run(handle as () => Promise<Message>);
      // `create` returns a message as it is, and makes a message of a plain object.
      const complete = create(contract.method.output, response);
      observation.succeed();
      return complete;
    } catch (thrown) {
      throw observation.fail(thrown);
    }
  };
}

/**
 * Returns the deadline of a call. A deadline of ours ends with OVERLOADED, because the server can't keep up; the
 * caller's own ends with DEADLINE_EXCEEDED.
 */
function deadlineOf(contract: MethodContract, { timeoutMs, request }: Incoming): Deadline {
  if (timeoutMs === undefined) {
    // Ours counts from here: a slow upload or a long wait for a turn must not use up the time for the work.
    return new Deadline(contract.hasDefaultDeadline ? DEFAULT_TIMEOUT_MS : Number.POSITIVE_INFINITY, "OVERLOADED");
  }
  return contract.method.methodKind === "unary" && timeoutMs > MAX_CALL_MS
    ? new Deadline(MAX_CALL_MS, "OVERLOADED")
    : new Deadline(timeoutMs - (performance.now() - request.receivedAt), "DEADLINE_EXCEEDED");
}

/** Checks what a request message holds, and that the principal's token reaches its project. */
function check(message: Message, contract: MethodContract, principal: Principal): Message {
  contract.check(message);
  if (principal.token !== undefined && contract.siteKeyOf !== undefined) {
    requireProjectOf(principal, contract, contract.siteKeyOf(message));
  }
  return message;
}

/** Checks each message, and counts it for its project's rate limit. A refusal says which one it is about. */
async function* checkEach(
  messages: AsyncIterable<Message>,
  contract: MethodContract,
  principal: Principal,
  limits: RateLimitStep | undefined,
  response: ResponseMetadata,
): AsyncGenerator<Message> {
  let number = 0;
  for await (const message of messages) {
    number += 1;
    try {
      check(message, contract, principal);
      await limits?.admitMessage(principal, contract, message, response);
    } catch (error) {
      throw error instanceof StreakdError ? error.within(`Message ${number}`) : error;
    }
    yield message;
  }
}

/** Makes a message of each response, and reports how the stream ended. */
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
    // Counts only when the transport stopped reading. After another end it is ignored.
    observation.fail(new ClientGone());
  }
}
