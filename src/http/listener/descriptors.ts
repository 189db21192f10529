import { readFileSync } from "node:fs";
import type { Limits } from "../limits.ts";

/** The file descriptors that are kept for the store, Redis, the log and the listening sockets. */
const RESERVED = 256;

/**
 * Returns the bounds with at most as many connections as this process has file descriptors for. At least half of the
 * descriptors are for connections. Only Linux tells their number; elsewhere nothing changes.
 */
export function fitToDescriptors(limits: Limits, descriptors = countDescriptors()): Limits {
  const most = Math.max(descriptors - RESERVED, Math.floor(descriptors / 2));
  return most < limits.maxConnections ? { ...limits, maxConnections: most } : limits;
}

/** How many file descriptors this process may have open. Node has raised the soft limit to the hard one. */
function countDescriptors(): number {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"));
    return found === null ? Number.POSITIVE_INFINITY : Number(found[1]);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
