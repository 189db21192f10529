import type { DescMessage, Message } from "@bufbuild/protobuf";
import { StreakdError } from "../errors.ts";

/** The header that carries the admin token, as the OpenAPI document and the refusals name it. */
export const ADMIN_TOKEN_HEADER = "X-Admin-Token";

/** The refusal of a request for admins that does not carry their token. */
export function unauthorized(): StreakdError {
  return new StreakdError("UNAUTHORIZED", `Send the admin token in the header ${ADMIN_TOKEN_HEADER}.`);
}

/** Query parameters by name, percent-decoded, each with every value that was given for it, in order. */
export type Query = ReadonlyMap<string, readonly string[]>;

/**
 * One REST route of one rpc. All of it is generated from the descriptors (`google.api.http` and the options in
 * `streak/options/v1/options.proto`); nothing here is ever written by hand.
 *
 * The functions are declared as methods on purpose: TypeScript compares method parameters both ways, so that a route
 * whose functions take one certain message is a `Route` like any other.
 */
export interface Route {
  /** The HTTP method, upper case. A `GET` route answers `HEAD` too. */
  readonly method: string;
  /** The path, cut at its slashes. A `null` segment is a variable: it takes exactly one non-empty segment. */
  readonly segments: readonly (string | null)[];
  /** The HTTP status of a success. With 204 no body is sent. */
  readonly status: number;
  /** Whether the admin token is needed. It is asked for before the body is read. */
  readonly admin: boolean;
  /** The service's full name, such as `streak.v1.StreakService`. */
  readonly service: string;
  /** The name of the implementation's method, such as `recordEvent`. */
  readonly call: string;
  /** The request message, for bodies in protobuf binary. */
  readonly input: DescMessage;
  /** The response message. */
  readonly output: DescMessage;
  /** Whether the request has a body; where it has none, whatever is sent as one is ignored. */
  readonly hasBody: boolean;
  /** Builds the request from a JSON body (`undefined` without one) and the query. Throws INVALID_BODY. */
  decode(body: unknown, query: Query): Message;
  /** Sets the fields that the path names; `variables` are in the path's order. Throws INVALID_BODY on a contradiction. */
  bind?(message: Message, variables: readonly string[]): void;
  /** Writes the response as JSON. With 204 it is never asked. */
  encode(message: Message): string;
}
