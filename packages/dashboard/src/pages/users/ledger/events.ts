import { type Project, StreakMode, type Widget } from "#gen/streak/v1/project_pb.ts";
import type { User } from "#gen/streak/v1/user_pb.ts";
import { namesUnit } from "../../../rules/units.ts";
import { versionsOf } from "../../../rules/versions.ts";

/** A project as those know it who may see its widgets; undefined for all others. */
type Known = Pick<Project, "widgets"> | undefined;

/** Returns the events whose streaks can be paused: of the user's, and of the project's widgets. */
export function pausableEvents({ streaks }: Pick<User, "streaks">, project: Known): string[] {
  const all = [
    ...streaks.flatMap(({ event, streak }) => (streak === undefined ? [] : [{ event, mode: streak.mode }])),
    ...(project?.widgets ?? []),
  ];
  // A cumulative streak has no pauses.
  return [...new Set(all.filter(({ mode }) => mode !== StreakMode.CUMULATIVE).map(({ event }) => event))];
}

/**
 * Returns the events whose streaks have freezes: of the user's by the rules of today, and of the project's widgets also by
 * rules that held before, or that are still to come.
 */
export function freezeEvents({ streaks }: Pick<User, "streaks">, project: Known): string[] {
  const ofUser = streaks.filter(({ streak }) => streak?.freezes !== undefined);
  const ofProject = (project?.widgets ?? []).filter(
    (widget) =>
      widget.mode !== StreakMode.CUMULATIVE && versionsOf(widget).some(({ rules }) => rules?.freezes !== undefined),
  );
  return [...new Set([...ofUser, ...ofProject].map(({ event }) => event))];
}

/**
 * Returns the events whose streaks may be repaired: those of the user whose rules have repairs, had them, or will have
 * them. Who may not see the project's widgets gets all streaks of the user that count by rules.
 */
export function repairEvents({ streaks }: Pick<User, "streaks">, project: Known): string[] {
  const ofProject = new Set((project?.widgets ?? []).filter(hasRepairs).map(({ event }) => event));
  return streaks
    .filter(
      ({ event, streak }) =>
        streak !== undefined &&
        streak.mode !== StreakMode.CUMULATIVE &&
        (project === undefined ? namesUnit(streak) : ofProject.has(event)),
    )
    .map(({ event }) => event);
}

function hasRepairs(widget: Widget): boolean {
  return versionsOf(widget).some(({ rules }) => rules?.repairs !== undefined);
}
