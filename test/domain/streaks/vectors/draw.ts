import { type Day, dayOf, isoOf } from "../calendar.ts";
import type { NaiveGrant, NaiveOptOut } from "../freezes.ts";
import type { NaiveAmnesty, NaivePause } from "../pauses.ts";
import type { HolidaysJson, RulesJson, VersionJson } from "./contract.ts";
import type { VectorGiven } from "./vector.ts";

/** What an example may say beside its picture. */
export interface Drawing {
  /** The date of the first mark; Monday, 2026-01-05 when not given. */
  readonly first?: string;
  readonly rules?: RulesJson | readonly VersionJson[];
  readonly mode?: VectorGiven["mode"];
  readonly holidays?: readonly HolidaysJson[];
  readonly pauses?: readonly NaivePause[];
  readonly amnesties?: readonly NaiveAmnesty[];
  readonly grants?: readonly NaiveGrant[];
  readonly optOuts?: readonly NaiveOptOut[];
  /** The first and the last day that are explained; those of the picture up to today when not given. */
  readonly from?: string;
  readonly to?: string;
  /** Whether the last done day comes first. */
  readonly isBackwards?: boolean;
}

/** The date of the first mark when an example says nothing: a Monday. */
const FIRST = "2026-01-05";

/**
 * Makes an example of a picture such as `x x · |x`: `x` is a done day, `xx` one with two events, `·` any other. `|`
 * stands before today; without it, today is the last day.
 */
export function draw(section: string, name: string, picture: string, drawing: Drawing = {}): VectorGiven {
  const { rules = {}, mode = "continuous", first = FIRST, holidays, pauses, amnesties, grants, optOuts } = drawing;
  const marks = picture.split(/\s+/).filter((mark) => mark !== "");
  const day = (index: number): Day => dayOf(first) + index;
  const marked = marks.findIndex((mark) => mark.startsWith("|"));
  const today = isoOf(day(marked < 0 ? marks.length - 1 : marked));
  const done = marks.flatMap((mark, index) => Array<string>(mark.split("x").length - 1).fill(isoOf(day(index))));
  const versions: readonly VersionJson[] = Array.isArray(rules) ? rules : [{ rules: rules as RulesJson }];
  return {
    section,
    name,
    mode,
    versions,
    ...(versions.every(({ rules }) => isEveryDay(rules)) && { withoutRules: true }),
    ...(holidays !== undefined && { holidays }),
    ...(pauses !== undefined && { pauses }),
    ...(amnesties !== undefined && { amnesties }),
    ...(grants !== undefined && { grants }),
    ...(optOuts !== undefined && { optOuts }),
    done: drawing.isBackwards === true ? done.reverse() : done,
    today,
    explain: { from: drawing.from ?? first, to: drawing.to ?? today },
  };
}

/** Whether the rules are every day and nothing else. */
function isEveryDay({ cadence, neverMissTwice = false, daysOff, freezes }: RulesJson): boolean {
  const isDaily = cadence === undefined || cadence.kind === "every_day";
  return isDaily && !neverMissTwice && daysOff === undefined && freezes === undefined;
}
