import type { SeriesBound } from "../../store/audit.ts";
import type { KeptStates } from "./kept-states.ts";

/** The most entries of one method in one project, and of a project's refused attempts. */
export const MAX_OF_SERIES = 10_000;

/** The most bytes of `before` and `after` together of an entry that is not large. */
export const MAX_SMALL_BYTES = 2 * 1024;

/** The most large entries of one method in one project. They are counted apart from the others. */
export const MAX_LARGE = 500;

const LARGE = "|large";

/**
 * Returns the series of the entries of a method in a project. Large entries have a series of their own with a lower
 * bound, so that nobody fills the disk with them, and that they don't push out small ones.
 */
export function changesOf(
  projectId: string | undefined,
  method: string,
  { before = "", after = "" }: Pick<KeptStates, "before" | "after">,
): string {
  const isLarge = Buffer.byteLength(before) + Buffer.byteLength(after) > MAX_SMALL_BYTES;
  return `${projectId ?? ""}|${method}${isLarge ? LARGE : ""}`;
}

/** Returns the series of the refused attempts at a project. */
export function refusalsOf(projectId: string | undefined): string {
  return `${projectId ?? ""}|refused`;
}

/** Returns how many entries of a series may stay. */
export function boundOf(name: string): SeriesBound {
  return { name, keep: name.endsWith(LARGE) ? MAX_LARGE : MAX_OF_SERIES };
}
