import { type Day, dayOf, isoOf } from "../calendar.ts";
import type { NaiveGrant, NaiveOptOut } from "../freezes.ts";
import type { NaiveOthers } from "../grace.ts";
import type { NaiveAmnesty, NaivePause } from "../pauses.ts";
import type { NaiveRepair } from "../repairs.ts";
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
  /** What the repairs of the picture reach; {@link WITHIN} when not given. */
  readonly withinDays?: number;
  /** Whether the repairs of the picture take a freeze. */
  readonly takesFreeze?: true;
  /** All repairs, in the order in which they were made; those of the picture when not given. */
  readonly repairs?: readonly NaiveRepair[];
  readonly homeZone?: string;
  readonly zone?: string;
  readonly inGrace?: true;
  readonly milestones?: VectorGiven["milestones"];
  /** The first and the last day that are explained; those of the picture up to today when not given. */
  readonly from?: string;
  readonly to?: string;
  /** Whether the last done day comes first. */
  readonly isBackwards?: boolean;
}

/** The date of the first mark when an example says nothing: a Monday. */
const FIRST = "2026-01-05";

/** How many days the repairs of pictures reach back. */
export const WITHIN = 3;

/** The zones that letters of a picture mean. */
const ZONES: Readonly<Record<string, string>> = {
  A: "Pacific/Auckland",
  B: "Europe/Berlin",
  C: "America/Santiago",
  E: "Asia/Beirut",
  H: "Pacific/Honolulu",
  J: "America/St_Johns",
  K: "Pacific/Kiritimati",
  L: "Europe/London",
  M: "Africa/Cairo",
  P: "Pacific/Pago_Pago",
  Q: "Europe/Paris",
  T: "Asia/Tokyo",
  W: "Australia/Lord_Howe",
};

/**
 * Makes an example of a picture such as `x x · |x`: `x` is a done day, `xx` one with two events, `·` any other. `l` is a
 * late event. A number after an event, as in `x3`, says how many actions there are. A letter after an event, as in `xH`, names the zone of it: see {@link ZONES}. `r` is a repair on that day.
 * `|` stands before today; without it, today is the last day.
 */
export function draw(section: string, name: string, picture: string, drawing: Drawing = {}): VectorGiven {
  const { rules = {}, mode = "continuous", first = FIRST, isBackwards = false, milestones } = drawing;
  const { holidays, pauses, amnesties, grants, optOuts, homeZone, zone, inGrace } = drawing;
  const marks = picture.split(/\s+/).filter((mark) => mark !== "");
  const day = (index: number): Day => dayOf(first) + index;
  const marked = marks.findIndex((mark) => mark.startsWith("|"));
  const today = isoOf(day(marked < 0 ? marks.length - 1 : marked));
  const events = marks.flatMap((mark, index) =>
    [...mark.matchAll(/([xl])([A-Z]?)(\d*)/g)].map(([, kind, letter = "", actions = ""]) => ({
      date: isoOf(day(index)),
      late: kind === "l",
      zone: ZONES[letter],
      actions: Number(actions),
    })),
  );
  const done = events.filter(({ late, zone }) => !late && zone === undefined).map(({ date }) => date);
  const others = othersOf(events);
  const actions = events.filter(({ actions }) => actions > 1).map(({ date, actions }) => [date, actions] as const);
  const { withinDays = WITHIN, takesFreeze } = drawing;
  const drawn = marks.flatMap((mark, index) =>
    mark.includes("r") ? [{ on: isoOf(day(index)), withinDays, ...(takesFreeze && { takesFreeze }) }] : [],
  );
  const repairs = drawing.repairs ?? drawn;
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
    ...(repairs.length > 0 && { repairs }),
    done: isBackwards ? done.reverse() : done,
    ...(others.length > 0 && { others: isBackwards ? others.reverse() : others }),
    ...(actions.length > 0 && { actions: Object.fromEntries(actions) }),
    ...(homeZone !== undefined && { homeZone }),
    ...(zone !== undefined && { zone }),
    ...(inGrace && { inGrace }),
    ...(milestones !== undefined && { milestones }),
    today,
    explain: { from: drawing.from ?? first, to: drawing.to ?? today },
  };
}

/** An event of a picture. */
interface DrawnEvent {
  readonly date: string;
  readonly late: boolean;
  /** Undefined for the home zone. */
  readonly zone: string | undefined;
}

/** The events that are not in time and in the home zone, each kind of them once. */
function othersOf(events: readonly DrawnEvent[]): NaiveOthers[] {
  const kinds = new Map<string, NaiveOthers & { dates: string[] }>();
  for (const { date, late, zone } of events) {
    const kind = kinds.get(`${late} ${zone}`) ?? {
      dates: [],
      ...(late && { late }),
      ...(zone !== undefined && { zone }),
    };
    kind.dates.push(date);
    kinds.set(`${late} ${zone}`, kind);
  }
  return [...kinds.values()].filter(({ late, zone }) => late === true || zone !== undefined);
}

/** Whether the rules are every day and nothing else. */
function isEveryDay({ cadence, neverMissTwice = false, ...others }: RulesJson): boolean {
  const isDaily = cadence === undefined || cadence.kind === "every_day";
  return isDaily && !neverMissTwice && Object.keys(others).length === 0;
}
