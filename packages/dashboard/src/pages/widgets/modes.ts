import { StreakMode } from "#gen/streak/v1/project_pb.ts";

/** How a streak adds up. */
export type Mode = keyof typeof MODES;

/** The modes, with the words of the form. */
export const MODES = {
  continuous: {
    value: StreakMode.CONTINUOUS,
    label: "Continuous",
    about: "Counts in a row what the rules below ask for. After a miss it starts again from zero.",
  },
  cumulative: {
    value: StreakMode.CUMULATIVE,
    label: "Cumulative",
    about: "Counts every day that was done, or every action, however long the time between. It never falls.",
  },
} as const;

/** The names of the modes, the default first. */
export const MODE_NAMES = Object.keys(MODES) as Mode[];

/** Returns the name of a mode; `continuous` when none is given. */
export function modeName(mode: StreakMode): Mode {
  return mode === StreakMode.CUMULATIVE ? "cumulative" : "continuous";
}
