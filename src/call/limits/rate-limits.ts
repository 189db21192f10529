import type { Message } from "@bufbuild/protobuf";
import { networkOf } from "../../address.ts";
import type { RateLimit } from "../../domain/rate-limit.ts";
import { StreakdError } from "../../errors.ts";
import type { Call } from "../call.ts";
import type { MethodContract } from "../contract.ts";
import type { ResponseMetadata } from "../incoming.ts";
import type { Principal } from "../principal.ts";
import type { RateLimitStep } from "../rate-limit.ts";
import type { Bucket } from "./bucket.ts";
import { Limiter, type PolicyName } from "./limiter.ts";
import { Reports } from "./reports.ts";
import type { SharedBuckets } from "./shared-buckets.ts";
import { MAX_WRONG_TOKENS, WrongTokens } from "./wrong-tokens.ts";

/** The parts of {@link RateLimits}. */
export interface RateLimitsInit {
  /** The limit of each address, over all methods; undefined means none. */
  readonly perAddress: RateLimit | undefined;
  /** The limit of each token, or of each address with the admin token, over the methods that need a scope. */
  readonly admin: RateLimit | undefined;
  /** Returns the limit of a project's calls, at once if it is known; undefined means none, or no such project. */
  readonly limitOf: (siteKey: string) => RateLimit | undefined | Promise<RateLimit | undefined>;
  /** The buckets that instances share; undefined when this process limits alone. */
  readonly shared: SharedBuckets | undefined;
  /** A clock in whole milliseconds that never goes back. */
  readonly clock: () => number;
  /** Is told of every call that is refused, by the policy that refuses it. */
  readonly onRefused: (policy: PolicyName | "wrong-tokens", principal: Principal) => void;
}

/** A policy that applies to a call, and the bucket that it takes the call from. */
interface AppliedPolicy {
  readonly limiter: Limiter;
  readonly bucket: Bucket;
  /** The project that it limits; undefined for the other policies. */
  readonly siteKey?: string;
}

/** What a policy limits, in the words of its error. */
const SUBJECTS: Readonly<Record<PolicyName, string>> = {
  default: "for this project",
  address: "from this address",
  admin: "with this token",
};

/** The pipeline's step that limits how fast calls may come: docs/decisions/0045-rate-limits.md says how. */
export class RateLimits implements RateLimitStep {
  readonly #init: RateLimitsInit;
  readonly #reports: Reports | undefined;
  readonly #projects: Limiter;
  readonly #addresses: Limiter;
  readonly #admin: Limiter;
  readonly wrongTokens: WrongTokens;

  constructor(init: RateLimitsInit) {
    const { clock, shared } = init;
    this.#init = init;
    this.#reports = shared && new Reports(shared, clock);
    this.#projects = new Limiter("default", clock, this.#reports);
    this.#addresses = new Limiter("address", clock, this.#reports);
    this.#admin = new Limiter("admin", clock, this.#reports);
    this.wrongTokens = new WrongTokens(clock);
  }

  countWrongToken(principal: Principal, { access }: Pick<MethodContract, "access">): void {
    // Pages whose token was revoked while they are open go on asking for a moment: they are not guessing.
    if (principal.tokenProblem === "session over" || (access === "anyone" && principal.tokenProblem === "foreign")) {
      return;
    }
    const seconds = this.wrongTokens.count(principal.address);
    // Whoever has an old cookie must get through to the sign-in, with a right token.
    const isServed = access === "anyone" || (access === "own session" && principal.tokenProblem === "signed out");
    if (seconds > 0 && !isServed) {
      this.#init.onRefused("wrong-tokens", principal);
      throw new StreakdError(
        "RATE_LIMITED",
        `More than ${MAX_WRONG_TOKENS} wrong tokens came from this address within a minute. Its wrong tokens are refused for ${seconds} s; valid tokens still pass.`,
        { retryAfterSeconds: seconds },
      );
    }
  }

  admitCall(
    principal: Principal,
    contract: MethodContract,
    message: Message | undefined,
    response: ResponseMetadata,
    call: Pick<Call, "subject">,
  ): void | Promise<void> {
    const { perAddress, admin } = this.#init;
    const applied: AppliedPolicy[] = [];
    const network = perAddress && networkOf(principal.address);
    if (perAddress !== undefined && network !== undefined) {
      applied.push(bucketIn(this.#addresses, network, perAddress));
    }
    if (admin !== undefined && contract.access !== "anyone") {
      const caller = principal.token?.id ?? networkOf(principal.address) ?? "";
      applied.push(bucketIn(this.#admin, caller, admin));
    }
    return this.#admitFor(contract, message, applied, principal, response, call);
  }

  admitMessage(principal: Principal, contract: MethodContract, message: Message, response: ResponseMetadata) {
    return this.#admitFor(contract, message, [], principal, response);
  }

  /** Stops sharing. */
  close(): void {
    this.#reports?.close();
  }

  #admitFor(
    contract: MethodContract,
    message: Message | undefined,
    applied: AppliedPolicy[],
    principal: Principal,
    response: ResponseMetadata,
    call?: Pick<Call, "subject">,
  ): void | Promise<void> {
    // Methods that need a scope are for operators. They must get through when the limit of the users is used up.
    const siteKey = message !== undefined && contract.access === "anyone" ? contract.siteKeyOf?.(message) : "";
    if (!siteKey) {
      return this.#admit(applied, principal, response, call);
    }
    const limit = this.#init.limitOf(siteKey);
    if (limit instanceof Promise) {
      return limit.then((known) => this.#admit(this.#withProject(applied, siteKey, known), principal, response, call));
    }
    return this.#admit(this.#withProject(applied, siteKey, limit), principal, response, call);
  }

  #withProject(applied: AppliedPolicy[], siteKey: string, limit: RateLimit | undefined): AppliedPolicy[] {
    return limit === undefined ? applied : [...applied, { ...bucketIn(this.#projects, siteKey, limit), siteKey }];
  }

  #admit(
    applied: readonly AppliedPolicy[],
    principal: Principal,
    response: ResponseMetadata,
    call?: Pick<Call, "subject">,
  ): void {
    if (applied.length === 0) {
      return;
    }
    const refusing = applied.filter(({ limiter, bucket }) => limiter.remaining(bucket) === 0);
    if (refusing.length === 0) {
      for (const { limiter, bucket } of applied) {
        limiter.take(bucket);
      }
    }
    response.setHeaders({
      "RateLimit-Policy": applied.map(policyItem).join(", "),
      RateLimit: applied.map(limitItem).join(", "),
    });
    const [first] = refusing;
    if (first !== undefined) {
      const { limiter, bucket } = first;
      this.#init.onRefused(limiter.policy, principal);
      const project = refusing.find(({ siteKey }) => siteKey !== undefined)?.siteKey;
      if (call !== undefined && project !== undefined) {
        call.subject = { project, userHash: undefined };
      }
      const seconds = Math.max(...refusing.map(({ bucket: { secondsToNext } }) => secondsToNext));
      throw new StreakdError(
        "RATE_LIMITED",
        `Too many requests ${SUBJECTS[limiter.policy]}: at most ${bucket.limit.requestsPerSecond} a second, and ${bucket.limit.burst} at once. Send the request again in ${seconds} s.`,
        { retryAfterSeconds: seconds },
      );
    }
  }
}

function bucketIn(limiter: Limiter, caller: string, limit: RateLimit): AppliedPolicy {
  return { limiter, bucket: limiter.bucketOf(caller, limit) };
}

/**
 * A policy in the header `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10, 3): its quota and the whole
 * seconds of its window. The quota is the burst, and the window is how long a burst takes to come back, rounded up. The
 * bucket has enough for whoever sends no more than the quota in any such window. An instance that shares it may refuse
 * some of that for a moment.
 */
function policyItem({ limiter, bucket: { limit } }: AppliedPolicy): string {
  return `"${limiter.policy}";q=${limit.burst};w=${Math.ceil(limit.burst / limit.requestsPerSecond)}`;
}

/** What is left of a policy, in the header `RateLimit` (4): requests, and seconds until there is one more. */
function limitItem({ limiter, bucket }: AppliedPolicy): string {
  return `"${limiter.policy}";r=${limiter.remaining(bucket)};t=${bucket.secondsToNext}`;
}
