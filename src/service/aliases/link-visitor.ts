import type { Call } from "../../call/call.ts";
import type { Project } from "../../domain/project.ts";
import { clip, refusal } from "../../errors.ts";
import type { StreakStore } from "../../store/streaks.ts";

/** A visitor, and the user that the visitor is. */
export interface Link {
  readonly anonymousId: string;
  readonly userHash: string;
}

/**
 * Links an anonymous visitor of a project to a user. Linking them again changes nothing.
 *
 * @throws StreakdError INVALID_BODY, naming `anonymousId` or `userHash`, when a user would be an alias of itself
 */
export async function linkVisitor(
  streaks: StreakStore,
  project: Project,
  { anonymousId, userHash }: Link,
  { deadline }: Call,
): Promise<void> {
  if (anonymousId === userHash) {
    throw refusal("anonymousId", "and userHash are the same. A user can't be an alias of itself");
  }
  deadline.check();
  if (!(await streaks.linkUser(project.id, anonymousId, userHash))) {
    throw refusal(
      "userHash",
      `"${clip(userHash)}" is an alias of anonymousId "${clip(anonymousId)}" already. Linking them the other way round too would make a circle`,
    );
  }
}
