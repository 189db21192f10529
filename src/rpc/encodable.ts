import { create, type Message, toBinary, toJsonString } from "@bufbuild/protobuf";
import { hasStreamOfResponses, type Method } from "../call/method.ts";
import type { JsonOptions } from "./body.ts";

/**
 * Returns the same method, but its handler fails when a response can't be encoded. So the pipeline logs the error, and
 * hides it from the caller. Connect's library encodes after the pipeline: it would send the error's text to the caller,
 * and nobody would log it.
 *
 * @param json how the response is written as JSON; undefined when it is sent as protobuf binary
 */
export function withEncodableResponses(method: Method, json: JsonOptions | undefined): Method {
  // The responses of probes are our own, and those of reflection are long.
  if (method.isProbe) {
    return method;
  }
  const { output } = method.contract.method;

  function check(response: unknown): Message {
    const message = create(output, response as Message);
    void (json === undefined ? toBinary(output, message) : toJsonString(output, message, json));
    return message;
  }

  return {
    ...method,
    handle(request, call) {
      const answer = method.handle(request, call);
      return hasStreamOfResponses(method.contract.method)
        ? mapped(answer as AsyncIterable<unknown>, check)
        : (answer as Promise<unknown>).then(check);
    },
  };
}

/** Maps the values of a stream. Not by a generator: a generator that waits for a value can't be ended by `return`. */
function mapped(source: AsyncIterable<unknown>, map: (value: unknown) => Message): AsyncIterable<Message> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      return {
        async next() {
          const next = await iterator.next();
          if (next.done) {
            return next;
          }
          try {
            return { value: map(next.value), done: false };
          } catch (error) {
            iterator.return?.().catch(() => {});
            throw error;
          }
        },
        async return() {
          await iterator.return?.();
          return { value: undefined, done: true };
        },
      };
    },
  };
}
