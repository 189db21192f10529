import { join } from "node:path";
import type { DescFile, DescService, Message } from "@bufbuild/protobuf";
import type { GenMessage } from "@bufbuild/protobuf/codegenv2";
import type { Any } from "@bufbuild/protobuf/wkt";

// The stubs are generated where they are needed, from the runner's own module, so that no type can come from them. Here
// is what the server under test uses of them, as the protos say.

export interface Header {
  readonly name: string;
  readonly value: readonly string[];
}

/** The error that a method is to end with. */
export interface Failure {
  readonly code: number;
  readonly message?: string;
  readonly details: readonly Any[];
}

/** What a method with one response is to do. */
export interface UnaryDefinition {
  readonly responseHeaders: readonly Header[];
  readonly responseTrailers: readonly Header[];
  readonly response:
    | { readonly case: "responseData"; readonly value: Uint8Array }
    | { readonly case: "error"; readonly value: Failure }
    | { readonly case: undefined };
  readonly responseDelayMs: number;
}

/** What a method with a stream of responses is to do. */
export interface StreamDefinition {
  readonly responseHeaders: readonly Header[];
  readonly responseTrailers: readonly Header[];
  readonly responseData: readonly Uint8Array[];
  readonly error?: Failure;
  readonly responseDelayMs: number;
}

/** A request of any method. The first of a call says what the call is to do. */
export interface Request<Definition> extends Message {
  readonly responseDefinition?: Definition;
  readonly fullDuplex?: boolean;
}

/** What a method saw of the call. */
export interface RequestInfo extends Message {
  readonly requestHeaders: readonly Header[];
  readonly timeoutMs?: bigint;
  readonly requests: readonly Any[];
  readonly connectGetInfo?: { readonly queryParams: readonly Header[] };
}

/** What is used of the stubs. */
export interface Stubs {
  readonly ConformanceService: DescService;
  readonly ConformancePayload_RequestInfoSchema: GenMessage<RequestInfo>;
  readonly ServerCompatRequestSchema: GenMessage<Message & { useTls: boolean; messageReceiveLimit: number }>;
  readonly ServerCompatResponseSchema: GenMessage<Message & { host: string; port: number }>;
  /** The file with the service and its messages. */
  readonly file_connectrpc_conformance_v1_service: DescFile;
}

/** Loads the stubs that `scripts/polyglot-clients.sh conformance` has put into a folder. */
export async function loadStubs(folder: string): Promise<Stubs> {
  return {
    ...(await import(join(folder, "connectrpc/conformance/v1/service_pb.ts"))),
    ...(await import(join(folder, "connectrpc/conformance/v1/server_compat_pb.ts"))),
  };
}
