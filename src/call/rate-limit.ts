import type { Message } from "@bufbuild/protobuf";
import type { Call } from "./call.ts";
import type { MethodContract } from "./contract.ts";
import type { ResponseMetadata } from "./incoming.ts";
import type { Principal } from "./principal.ts";

/** The pipeline's step that limits how fast calls may come. */
export interface RateLimitStep {
  /**
   * Counts a wrong token of a principal. Who calls a method for anyone is served all the same, and a `foreign` token does
   * not count there. A sign-in session whose token is not valid any more never counts, and one that has
   * ended does not keep anybody from signing in.
   *
   * @throws StreakdError RATE_LIMITED when its address has sent too many, and the method needs a scope
   */
  countWrongToken(principal: Principal, contract: Pick<MethodContract, "access">): void;
  /**
   * Lets a call through if every policy that applies to it does. A call that is refused takes nothing of any budget.
   * Returns a promise only when the project must be read first.
   *
   * @param message the request; undefined for a stream of requests, whose messages each go through {@link admitMessage}
   * @param response gets the headers that tell what is left
   * @param call gets the project as its subject when the project's limit refuses it, so that it counts for the project
   * @throws StreakdError RATE_LIMITED, or rejects with it
   */
  admitCall(
    principal: Principal,
    contract: MethodContract,
    message: Message | undefined,
    response: ResponseMetadata,
    call: Pick<Call, "subject">,
  ): void | Promise<void>;
  /** The same for one message of a stream of requests: it counts for its project. */
  admitMessage(
    principal: Principal,
    contract: MethodContract,
    message: Message,
    response: ResponseMetadata,
  ): void | Promise<void>;
}
