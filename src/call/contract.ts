import type { DescMethod, Message } from "@bufbuild/protobuf";

/**
 * Who may call a method: anyone, a caller with a scope, or, for the methods of the caller's own sign-in session, of the
 * pages in browsers only those of this server.
 */
export type Access = "anyone" | "own session" | ScopedAccess;

/** What a caller of a method needs. */
export interface ScopedAccess {
  /** Such as `project:manage`. */
  readonly scope: string;
  /** Whether the method reaches all projects, so that no project's token may call it. */
  readonly allProjects: boolean;
  /** Set when no field names the project: the handler finds it, and checks that the caller reaches it. */
  readonly byHandler?: true;
}

/**
 * What the contract says about a method, beyond the method's descriptor. Generated from the options in
 * `streak/options/v1/options.proto`.
 */
export interface MethodContract {
  readonly method: DescMethod;
  /** Who may call the method. It is decided before a request's body is read. */
  readonly access: Access;
  /** The most bytes of a request message. In a stream, the limit holds for each message. */
  readonly maxMessageBytes: number;
  /**
   * Whether the server's default deadline holds for a call whose caller gives none. When false, such a call takes as
   * long as it needs. Always false for streams.
   */
  readonly hasDefaultDeadline: boolean;
  /**
   * Returns the `siteKey` in a request message; empty when the message has none. Absent when no field names a project.
   */
  siteKeyOf?(message: Message): string;
  /**
   * Throws INVALID_BODY when a request message breaks a rule of the contract. Declared as a method, so that a function
   * for one type of message can be assigned to it.
   */
  check(message: Message): void;
}
