import { create, type DescMessage, type DescMethod, type Message } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { createMethodUrl } from "@connectrpc/connect/protocol";
import type { AnswerCode } from "../http/answer.ts";
import type { Answer, Closing, RequestHead } from "../http/message.ts";
import { jsonOptionsOf } from "./body.ts";
import { PlainContext } from "./context.ts";
import { answerCodeOf, asConnectError } from "./errors.ts";
import { createPlainFormats, plainFormatOf } from "./formats.ts";
import type { RpcInit } from "./rpc.ts";

/** A call that is let in, and whose message is still to be read. */
export interface PlainCall {
  /** What the message is. */
  readonly input: DescMessage;
  /** Calls the method, and answers what it answers, or its error. Never rejects. */
  answer(message: Message): Promise<Answer>;
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
): (path: string, head: RequestHead, closing: Closing) => PlainCall | undefined {
  const { services, gate, onError, onAnswer } = init;
  const methods = new Map(services.flatMap(methodsOf));
  const formats = createPlainFormats(jsonOptionsOf(init));

  return (path, head, closing) => {
    const found = methods.get(path);
    const format = found && plainFormatOf(formats, head);
    if (found === undefined || format === undefined) {
      return undefined;
    }
    const start = performance.now();
    const { method, call } = found;
    const { timeoutMs, error: unreadable } = format.timeoutMs(head);
    if (unreadable !== undefined) {
      return undefined;
    }
    const context = new PlainContext(method, format.protocolName, head, closing, timeoutMs);
    try {
      gate(context);
    } catch {
      return undefined;
    }

    return {
      input: method.input,
      async answer(message) {
        let code: AnswerCode = "OK";
        try {
          const answer = create(method.output, await call(message, context));
          return format.succeed(method.output, answer, context.added);
        } catch (thrown) {
          const error = asConnectError(thrown, method, context.wasStopped, onError);
          code = answerCodeOf(error);
          return format.fail(error, context.added);
        } finally {
          onAnswer(format.protocolName, method, code, (performance.now() - start) / 1000);
        }
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
