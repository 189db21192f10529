import { day } from "../given.ts";
import { isoOf } from "./calendar.ts";
import type { RulesJson } from "./vectors/contract.ts";
import type { VectorGiven } from "./vectors/vector.ts";

// A year of Mara, who lives in Munich and learns Spanish with an app. What she did, and what became of each day, is drawn
// below by hand from docs/rules.md, with the number that she sees at the end of each month.

/** Until summer, a lesson each weekday. A freeze comes for every 20 days that she has kept. */
const WEEKDAYS: RulesJson = {
  cadence: { kind: "weekdays", weekdays: ["monday", "tuesday", "wednesday", "thursday", "friday"] },
  daysOff: { holidays: ["Bavaria"] },
  freezes: { earnEvery: 20, maxEarned: 2 },
  graceMinutes: 120,
  repairs: { withinDays: 3, onceInDays: 90 },
};

/** From autumn on, three lessons a week, and never miss twice. A freeze comes for every 4 weeks. */
const THREE_A_WEEK: RulesJson = {
  cadence: { kind: "days_a_week", days: 3 },
  neverMissTwice: true,
  daysOff: { holidays: ["Bavaria"] },
  freezes: { earnEvery: 4, maxEarned: 2 },
  graceMinutes: 120,
};

/** Where she lives. */
export const MUNICH = "Europe/Berlin";
const TOKYO = "Asia/Tokyo";

/** What a mark says became of a day. The first three are days on which Mara has done a lesson. */
export const MARKS = {
  x: "done", // in Munich
  t: "done", // in Tokyo
  l: "late", // in the first two hours of the day after it
  o: "off",
  p: "paused",
  a: "amnesty",
  b: "bridged",
  f: "frozen",
  r: "repaired",
  e: "excused",
  "-": "rest", // not done, and not asked for: her week has enough without it
} as const;

/** A month of the year, as a calendar. */
export interface Month {
  readonly name: string;
  readonly weeks: string;
  /** What `current` is, and how many freezes are left, as of its last day. */
  readonly current: number;
  readonly freezes: number;
}

/** The year, as it looks on its last evening. */
export const YEAR: readonly Month[] = [
  {
    name: "January",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    |          o  x  o  o  | Mara begins on the first workday. On holidays and weekends, nothing is asked.
    | x  o  x  x  x  o  o  | Epiphany is a holiday in Bavaria.
    | x  x  x  x  x  x  o  | She likes it, and goes on on Saturday. That counts, too, when Monday is done.
    | x  x  x  x  x  o  o  |
    | x  x  x  x  x  o     | On the 30th, the 20th kept day earns a freeze. 20 days and a Saturday are 21.`,
    current: 21,
    freezes: 1,
  },
  {
    name: "February",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    |                   o  |
    | x  x  f  x  x  o  o  | She forgets Wednesday, and the freeze covers it.
    | x  x  x  l  x  o  o  | Thursday's lesson is at half past midnight. It counts, and so does Friday's own.
    | x  x  x  x  x  o  o  |
    | x  x  x  x  x  o     |`,
    current: 40,
    freezes: 0,
  },
  {
    name: "March",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    |                   o  |
    | x  a  x  x  x  o  o  | Monday earns a freeze. On Tuesday the app is down; an amnesty takes the day out.
    | p  p  x  p  p  p  p  | A flu: she pauses for a week. What she does on Wednesday counts at once.
    | x  x  x  x  x  o  o  | Friday is the 50th day.
    | x  x  x  x  x  o  o  |
    | x  x                 |`,
    current: 57,
    freezes: 1,
  },
  {
    name: "April",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    |       x  x  o  o  o  | Good Friday
    | o  x  x  x  x  o  o  | Easter Monday. On Wednesday, she has two freezes, and can't have more.
    | x  f  f  x  x  o  o  | A conference, and both freezes are used.
    | x  x  x  x  x  o  o  |
    | x  x  x  x           |`,
    current: 75,
    freezes: 0,
  },
  {
    name: "May",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    |             o  o  o  | Labour Day
    | x  x  x  x  x  o  o  |
    | x  x  x  o  x  o  o  | Ascension Day. Friday earns a freeze.
    | x  r  r  r  x  o  o  | One freeze is not enough for two days: the run of 85 ends on Wednesday. On Friday, she
    | o  x  x  x  x  o  o  | repairs it. So the freeze is back. Whit Monday`,
    current: 90,
    freezes: 1,
  },
  {
    name: "June",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    | x  x  x  o  x  o  o  | Corpus Christi
    | x  x  x  x  x  o  o  |
    | x  x  x  x  x  o  o  | Monday is the 100th day.
    | x  x  x  x  x  o  o  | Since the repair, she has kept 20 days: a second freeze.
    | x  x                 |`,
    current: 111,
    freezes: 2,
  },
  {
    name: "July",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    |       x  x  x  o  o  |
    | x  x  x  x  x  o  o  |
    | x  x  x  x  x  o  o  |
    | x  b  t  t  t  o  o  | She flies to Tokyo. Wednesday begins there when Munich still has Tuesday afternoon.
    | t  t  t  t  t        |`,
    current: 133,
    freezes: 2,
  },
  {
    name: "August",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    |                o  o  |
    | t  t  t  t  x  o  o  | Home again on Friday, which is seven hours longer.
    | x  x  x  x  x  o  o  |
    | x  x  f  f  x  o  o  | Two summer days at the lake, and two freezes.
    | x  x  x  x  x  o  o  |
    | x                    |`,
    current: 152,
    freezes: 0,
  },
  {
    name: "September",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    |    x  x  x  x  o  o  | 156 days so far.
    | x  -  x  -  x  -  -  | From this Monday on, the app asks for three days a week. The run goes on, in weeks.
    | -  x  -  x  -  -  x  | Any three days will do, also those of a weekend.
    | x  x  x  -  -  -  -  |
    | x  -  x              | This week needs one more day: 156 days and 3 weeks.`,
    current: 159,
    freezes: 0,
  },
  {
    name: "October",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    |          -  -  o  x  | Four kept weeks earn a freeze.
    | x  -  x  -  -  x  -  |
    | e  x  e  e  e  e  e  | One day is too few. A single miss is excused, and takes no freeze.
    | x  -  -  x  -  -  x  |
    | x  -  -  -  x  x     | Kept on Saturday: it counts at once, though the week is not over.`,
    current: 163,
    freezes: 1,
  },
  {
    name: "November",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    |                   o  | All Saints' Day
    | -  x  x  -  x  -  -  | The fourth kept week since the last freeze: now there are two.
    | x  e  e  e  e  e  e  | A miss is excused,
    | f  f  f  f  f  f  f  | and a second one in a row takes a freeze.
    | -  x  -  x  -  x  -  |
    | x                    |`,
    current: 165,
    freezes: 1,
  },
  {
    name: "December",
    weeks: `
    | Mo Tu We Th Fr Sa Su |
    |    -  x  -  x  -  -  |
    | x  x  -  -  -  -  l  | The third day is Sunday, at half past midnight.
    | -  -  x  -  x  x  -  | Again a freeze for four kept weeks.
    | p  p  p  p  p  p  p  | Christmas: she pauses, does nothing, and the week is skipped.
    | x  x  -  x           | The last evening keeps the last week.`,
    current: 169,
    freezes: 2,
  },
];

/** The day of the first mark. */
export const FIRST_DAY = "2026-01-01";

/** The marks of the weeks, as the pictures show them. */
export function marksOf(weeks: string): string[] {
  const [, ...rows] = [...weeks.matchAll(/^ *\|(.*?)\|/gm)].map(([, row = ""]) => row);
  return rows.flatMap((row) => row.split(/\s+/).filter((mark) => mark !== ""));
}

/** The marks of all days of the year. */
export const marks = YEAR.flatMap(({ weeks }) => marksOf(weeks)) as (keyof typeof MARKS)[];

/** The days with one of these marks, or the days after them. */
function marked(letters: string, after = 0): string[] {
  return marks.flatMap((mark, index) => (letters.includes(mark) ? [isoOf(day(FIRST_DAY) + index + after)] : []));
}

/** The year, as somebody asks about it on a day. */
export function yearUpTo(today: string): VectorGiven {
  return {
    section: "",
    name: "A year of Mara",
    mode: "continuous",
    versions: [{ rules: WEEKDAYS }, { from: "2026-09-07", rules: THREE_A_WEEK }],
    holidays: [
      {
        name: "Bavaria",
        dates: [
          ...["2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25"],
          ...["2026-06-04", "2026-08-15", "2026-10-03", "2026-11-01", "2026-12-25", "2026-12-26"],
        ],
      },
    ],
    pauses: [
      { from: "2026-03-09", to: "2026-03-15" },
      { from: "2026-12-21", to: "2026-12-27" },
    ],
    amnesties: [{ from: "2026-03-03", to: "2026-03-03" }],
    repairs: [{ on: "2026-05-22", withinDays: 3 }],
    done: marked("x"),
    others: [
      { dates: marked("l", 1), late: true },
      { dates: marked("t"), zone: TOKYO },
    ],
    homeZone: MUNICH,
    milestones: [50, 100, 500].map((target) => ({ target, scope: "ever" })),
    today,
    ...(marked("t").includes(today) && { zone: TOKYO }),
    explain: { from: FIRST_DAY, to: today },
  };
}
