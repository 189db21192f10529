import type { DescMethod, Message } from "@bufbuild/protobuf";

/** Query parameters by name, percent-decoded, each with every value that was given for it, in order. */
export type Query = ReadonlyMap<string, readonly string[]>;

/**
 * One REST route of one rpc. Routes are generated from the descriptors (`google.api.http` and the options in
 * `streak/options/v1/options.proto`) and never written by hand.
 *
 * A streamed request or response is a body of lines (`application/x-ndjson`), each the JSON of one message. `decode`,
 * `bind` and `encode` are called once for each message. A route with a streamed response has the status 200.
 *
 * The functions are declared as methods because TypeScript compares the parameters of methods in both directions. So
 * a route whose functions take one type of message is a `Route` too.
 */
export interface Route {
  /** The rpc that the route calls. */
  readonly method: DescMethod;
  /** The HTTP method, in upper case. A `GET` route answers `HEAD` too. */
  readonly verb: string;
  /** The path, cut at its slashes. A `null` segment is a variable: it takes exactly one non-empty segment. */
  readonly segments: readonly (string | null)[];
  /** The custom verb after the last segment, which is a variable, and a colon: `rotate` in `/tokens/{}:rotate`. */
  readonly action?: string;
  /** The HTTP status of a success. With 204 no body is sent. */
  readonly status: number;
  /**
   * Whether the request has a body. Where this is false, a body that is sent is ignored. True for a streamed request.
   */
  readonly hasBody: boolean;
  /** The field of the request that a JSON body is, such as `project`; undefined where it is the whole request. */
  readonly bodyField?: string;
  /** Builds a request from a JSON body or line (`undefined` without a body) and the query. Throws INVALID_BODY. */
  decode(body: unknown, query: Query): Message;
  /**
   * Sets the fields that the path names; `variables` are in the path's order. Throws INVALID_BODY on a contradiction.
   */
  bind?(message: Message, variables: readonly string[]): void;
  /** Returns a response as JSON. It is not called where `status` is 204. */
  encode(message: Message): string;
}

/** Returns the path of a route, with `{}` for each variable. */
export function pathOf({ segments, action }: Route): string {
  const path = segments.map((segment) => segment ?? "{}").join("/");
  return action === undefined ? `/${path}` : `/${path}:${action}`;
}
