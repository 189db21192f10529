import { BOUNDS, type Limits } from "#src/http/limits.ts";

/** The bounds that hold unless the operator sets others. */
export const DEFAULT_LIMITS = Object.fromEntries(
  Object.entries(BOUNDS).map(([name, bound]) => [name, bound.default]),
) as Limits;
