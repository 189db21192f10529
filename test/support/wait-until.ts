import { vi } from "vitest";

/** How long to wait, in milliseconds: longer than what is waited for takes on a machine that is busy with other work. */
const TIMEOUT_MS = 10_000;

/**
 * Resolves to what a condition returns, when that holds. Rejects when it does not in time.
 *
 * @param interval how often to look, in milliseconds
 */
export function waitUntil<T>(condition: () => T | Promise<T>, interval = 10) {
  return vi.waitUntil(condition, { timeout: TIMEOUT_MS, interval });
}
