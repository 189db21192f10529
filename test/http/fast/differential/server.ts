import type { IncomingHttpHeaders } from "node:http";
import { MAX_BODY_BYTES } from "#src/http/body.ts";
import type { CreateFastPath } from "#src/http/fast-path.ts";
import { createListener } from "#src/http/listener/listener.ts";
import type { Answer, Request } from "#src/http/message.ts";
import { defaultInit } from "../../../support/listener.ts";
import { NO_BODY_HEADER } from "./answers.ts";

/** A whole request, as the server took it. */
export interface TakenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The bytes of the body, a character each. */
  readonly body: string;
}

/** A server that notes what it takes for a request. It is to have one connection at a time, whose requests they are. */
export interface RecordingServer {
  readonly port: number;
  /** The requests since the last reset, in the order in which they were whole. */
  readonly taken: readonly TakenRequest[];
  /** What the listener reported since the last reset as going wrong inside. */
  readonly errors: readonly unknown[];
  reset(): void;
  close(): Promise<void>;
}

/** Starts a server on a free port, with a fast path or with Node's HTTP server alone. */
export async function startServer(createFastPath?: CreateFastPath): Promise<RecordingServer> {
  const taken: TakenRequest[] = [];
  const errors: unknown[] = [];

  async function serve({ method, url, headers, body }: Request): Promise<Answer> {
    const bytes = await body.whole(MAX_BODY_BYTES);
    taken.push({ method, url, headers: { ...headers }, body: Buffer.from(bytes).toString("latin1") });
    return {
      status: method === "OPTIONS" ? 204 : 200,
      headers: { "Content-Type": "text/plain", ...(method === "HEAD" && { [NO_BODY_HEADER]: "true" }) },
      body: method === "OPTIONS" ? undefined : `request ${taken.length} with ${bytes.length} bytes`,
    };
  }

  const listener = createListener({
    ...defaultInit(),
    serve,
    bodyLimit: () => MAX_BODY_BYTES,
    createFastPath,
    onError: (error) => errors.push(error),
  });
  const { port } = await listener.listen({ port: 0, host: "127.0.0.1" });
  return {
    port,
    taken,
    errors,
    reset() {
      taken.length = 0;
      errors.length = 0;
    },
    close: () => listener.close(0),
  };
}
