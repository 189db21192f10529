import type { State } from "@streakd/web";
import { bare } from "../../web/src/environment.ts";
import { reachedSince } from "./milestones.ts";

/**
 * Dispatches what a new state means: `streak:ready` for the first, and else `streak:change`, with `streak:milestone` for
 * each milestone that is reached now.
 *
 * @param previous the state before it
 * @returns the milestones that are reached now
 */
export function announce(target: EventTarget, state: State, previous: State | undefined): State["milestones"] {
  const tell = (name: string, detail: object) =>
    target.dispatchEvent(new CustomEvent(`streak:${name}`, bare({ detail, bubbles: true, composed: true })));
  if (!previous) {
    tell("ready", { state });
    return [];
  }
  tell("change", { state, previous });
  const reached = reachedSince(previous, state);
  for (const milestone of reached) {
    tell("milestone", { milestone, state });
  }
  return reached;
}
