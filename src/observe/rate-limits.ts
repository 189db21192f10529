import type { Logger } from "pino";
import type { Registry } from "prom-client";
import type { RateLimitsInit } from "../call/limits/rate-limits.ts";
import { createCounts, memoize } from "./instruments.ts";
import { throttle } from "./throttle.ts";

/** Measures what rate limits refuse. */
export interface RateLimitMetrics {
  readonly rateLimited: RateLimitsInit["onRefused"];
}

/** Registers the metric of rate limits. The log tells of addresses with too many wrong tokens, once a minute. */
export function createRateLimitMetrics(registry: Registry, log: Logger): RateLimitMetrics {
  const countOf = memoize(
    createCounts({
      name: "streakd_rate_limited_total",
      help: "Calls that were refused with RATE_LIMITED, by the policy that refused them.",
      labelNames: ["policy"],
      registers: [registry],
    }),
  );
  const counts = {
    default: countOf("default"),
    address: countOf("address"),
    admin: countOf("admin"),
    "wrong-tokens": countOf("wrong-tokens"),
  };
  const logWrongTokens = throttle((count, peer: string | undefined) =>
    log.warn({ peer, count }, "an address has sent too many wrong tokens; its further wrong tokens are refused"),
  );
  return {
    rateLimited(policy, { address }) {
      counts[policy].value += 1;
      if (policy === "wrong-tokens") {
        logWrongTokens(address);
      }
    },
  };
}
