import { RateLimits } from "#src/call/limits/rate-limits.ts";
import { BOUNDS, type Limits } from "#src/http/limits.ts";

/** The bounds that hold unless the operator sets others. */
export const DEFAULT_LIMITS = Object.fromEntries(
  Object.entries(BOUNDS).map(([name, bound]) => [name, bound.default]),
) as Limits;

/** Limits no call. */
export const NO_RATE_LIMITS = new RateLimits({
  perAddress: undefined,
  admin: undefined,
  limitOf: () => undefined,
  shared: undefined,
  clock: () => performance.now(),
  onRefused() {},
});
