export { createClient } from "./client.ts";
export { StreakdError } from "./error.ts";
export type * from "./types.ts";
export { ensureUserHash, getVisitorId } from "./visitor.ts";
