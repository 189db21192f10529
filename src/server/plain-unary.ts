import { create, type DescMethod, type Message } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { createMethodUrl } from "@connectrpc/connect/protocol";
import { type AnswerCode, isOver } from "../rest/answer.ts";
import type { HttpRequest, HttpResponse } from "../rest/http.ts";
import { PlainContext } from "./plain-context.ts";
import { createPlainFormats, plainFormatOf } from "./plain-format.ts";
import type { RpcInit } from "./rpc.ts";
import { jsonOptionsOf } from "./rpc-body.ts";
import { answerCodeOf, asConnectError } from "./rpc-errors.ts";

/** A call that is let in, and whose message is still to be read. */
export interface PlainCall {
  /** Calls the method, and answers what it answers, or its error. Never rejects. */
  answer(message: Message): Promise<void>;
}

/** A unary method, and what serves it. */
interface PlainMethod {
  readonly method: DescMethod;
  readonly call: (request: Message, context: HandlerContext) => Promise<Record<string, unknown>>;
}

/**
 * Serves unary calls in a plain format as Connect would. Connect makes several objects of the web for each call (headers,
 * signals, streams of bytes), of which such a call has no use; they cost more than all the rest of it.
 *
 * @returns a function that answers the call of a request, or undefined when it is to be served by Connect: it is not
 *   plain, or it is refused
 */
export function createPlainCalls(
  init: RpcInit,
): (path: string, request: HttpRequest, response: HttpResponse) => PlainCall | undefined {
  const { services, gate, onError, onAnswer } = init;
  const methods = new Map(services.flatMap(methodsOf));
  const formats = createPlainFormats(jsonOptionsOf(init));

  return (path, request, response) => {
    const found = methods.get(path);
    const format = found && plainFormatOf(formats, request);
    if (found === undefined || format === undefined) {
      return undefined;
    }
    const start = performance.now();
    const { method, call } = found;
    const { timeoutMs, error: unreadable } = format.timeoutMs(request);
    if (unreadable !== undefined) {
      return undefined;
    }
    const context = new PlainContext(method, format.protocolName, request, response, timeoutMs);
    try {
      gate(context);
    } catch {
      return undefined;
    }

    const attempt = async (message: Message): Promise<AnswerCode> => {
      try {
        const answer = create(method.output, await call(message, context));
        if (!isOver(response)) {
          format.succeed(response, method.output, answer, context.added);
        }
        return "OK";
      } catch (thrown) {
        const error = asConnectError(thrown, method, context.wasStopped, onError);
        if (!isOver(response)) {
          format.fail(response, error, context.added);
        }
        return answerCodeOf(error);
      }
    };

    return {
      async answer(message) {
        const code = await attempt(message);
        onAnswer(format.protocolName, method, code, (performance.now() - start) / 1000);
      },
    };
  };
}

function methodsOf([service, implementation]: RpcInit["services"][number]): [string, PlainMethod][] {
  const calls = implementation as Readonly<Record<string, PlainMethod["call"] | undefined>>;
  return service.methods.flatMap((method) => {
    const call = calls[method.localName]?.bind(implementation);
    return method.methodKind === "unary" && call ? [[createMethodUrl("/", method), { method, call }]] : [];
  });
}
